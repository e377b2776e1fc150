"""The guide's page on the life of a hidden hazard, drawn from the table of moves that the product itself obeys."""

from collections.abc import Iterator

from app.accounts.policy import LABELS, RIGHTS, Role
from app.hidden_hazards.lifecycle import MOVES, STANDS_IN, Action, Move
from app.hidden_hazards.terms import State

HEAD = """# 隐患的一生

本页由 `python -m api_docs` 按产品实际执行的状态表生成，请勿手工修改。

推动隐患只有一个入口：`POST /api/v1/hidden-hazards/{id}/transitions`，内容为 `id`（客户端生成）、`action`、
`version` 和这一步所需的事实。每个回答都带有 `allowed_actions`，界面按它画按钮。状态或版本不符时回答 409，
并给出当前的 `state`、`version` 和 `allowed_actions`；被拒绝的操作不改变任何内容，但按提交的原样留存
（`refused_move_id`，见 `GET /hidden-hazards/{id}/refused-moves`），离线时做的事不会丢失。
同一人、同一期限的多项一般隐患可用 `POST /hidden-hazards/assignments` 一次指派，全成或全不成。
"""
TABLE_HEAD = """| 操作 | `action` | 从 | 到 | 必填 | 可填 | 谁可以 |
|---|---|---|---|---|---|---|
"""
TAIL = """
照片按“先列清单、后传字节”提交：`photos` 写每张照片的 `sha256` 和 `size`，随后逐张
`PUT /api/v1/hidden-hazards/{id}/photos/{sha256}`。本次提交的整改照片全部收到之前不能验收；
补不上的退回，重新提交后只看新的照片。认定不构成隐患、认定为重复、降低级别时，`photos` 的每一张都须已经收到：
先用 `add_evidence` 登记、上传，再提交认定，否则回答 `evidence_not_arrived`。延期所附的照片没有收到时不能同意。

另有几条始终成立：

- 验收人不是整改人；只有小微企业可以委托企业外的人员验收，受托人也不是整改人。
- 认定不构成隐患、认定为重复的人不是发现人；降低级别的人不是定级人；答复延期的人不是申请人，也不是整改人。
  这几项都要有理由和照片，并各自计数：`regradings_down`、`extensions`、`reopenings`、`rejections`、`occurrences`。
- 延期须在期限届满前申请、届满前同意；`original_deadline_at` 从不改变。整改提交后，没有答复的延期申请即告终止。
- 改定级别、重新打开以后再次指派时，原有的期限仍然有效，`deadline_at` 可以不填；更晚的期限只在升为重大或重新打开之后
  可以，并计一次延期（`extensions`）。期限最长的天数见 `GET /risk-rules` 的 `deadlines`。
- 只有指派的整改人能提交整改；移交整改人不改变期限。重大隐患不能即查即改。
- 险情紧急时任何人都可以先停止作业、撤人、停用，不必等定级；销号或认定之后，经复核才能恢复，作出认定的人不能自己恢复。
  认定为重复时，停止的作业转到原隐患名下。
- 政府检查发现的隐患由监管人员复查后销号，企业不能自行验收，也不能认定不构成隐患或重复；
  延期由监管人员答复。
- 挂牌督办的隐患验收后为“待核查摘牌”，由监管人员核查后摘牌销号；摘牌前的降级、认定和延期都由监管人员决定；
  摘牌后重新打开的，重新处于挂牌督办之中。
- 整改提交 `submitted_at`、企业验收 `accepted_at`、政府复查 `rechecked_at`、摘牌 `delisted_at`、恢复作业
  `resumed_at` 是五个不同的时间，销号 `closed_at` 另记；重新打开后，原来的时间留在全过程中。
- 是否逾期在读取时计算，不单独保存。
"""


def page() -> str:
    """The page: a Mermaid state diagram and a table with one row a move."""
    diagram = "\n".join(["```mermaid", "stateDiagram-v2", *(f"    {line}" for line in _diagram()), "```"])
    rows = "".join(f"| {' | '.join(_row(action, move))} |\n" for action, move in MOVES.items())
    return f"{HEAD}\n{diagram}\n\n{TABLE_HEAD}{rows}{TAIL}"


def _diagram() -> Iterator[str]:
    for state in State:
        yield f"{state.value}: {state.label}"
    yield f"[*] --> {State.REPORTED.value}: 上报"
    for move in MOVES.values():
        if move.reaches is None:
            continue  # the state stays: the table tells of it
        for state in move.leaves:
            yield f"{state.value} --> {move.reaches.value}: {move.label}"
        if move.reaches_when_listed not in (None, move.reaches):
            yield from (
                f"{state.value} --> {move.reaches_when_listed}: {move.label}（挂牌督办）" for state in move.leaves
            )
    left = {state for move in MOVES.values() if move.reaches for state in move.leaves}
    for state in State:
        if state not in left:
            yield f"{state.value} --> [*]"


def _row(action: Action, move: Move) -> tuple[str, ...]:
    stand_in = {name: f"（或 `{other}`）" for name, other in STANDS_IN.items()}
    when_major = "、".join(f"`{name}`{stand_in.get(name, '')}" for name in move.facts_when_major)
    major = f"；重大隐患另需 {when_major}" if when_major else ""
    return (
        move.label,
        f"`{action.value}`",
        "、".join(state.label for state in move.leaves),
        _reached(move),
        _names(move.facts) + major,
        _names(move.may_add) or "—",
        _who(move),
    )


def _reached(move: Move) -> str:
    reached = move.reaches.label if move.reaches else "状态不变"
    listed = move.reaches_when_listed
    return f"{reached}；挂牌督办的：{listed.label}" if listed and listed is not move.reaches else reached


def _who(move: Move) -> str:
    others = {
        "重大隐患": move.permission_when_major,
        "政府检查发现的": move.permission_when_government,
        "挂牌督办的": move.permission_when_listed,
    }
    told = [f"{which}：{_holders(permission)}" for which, permission in others.items() if permission]
    return "；".join([_holders(move.permission), *told])


def _names(facts: tuple[str, ...]) -> str:
    return "、".join(f"`{name}`" for name in facts)


def _holders(permission: str) -> str:
    return "、".join(LABELS[role] for role in Role if permission in RIGHTS[role])
