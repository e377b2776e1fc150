"""The guide's page on the life of a hidden hazard, drawn from the table of moves that the product itself obeys."""

from collections.abc import Iterator

from app.accounts.policy import LABELS, RIGHTS, Role
from app.hidden_hazards.lifecycle import MOVES, Action, Move, State

HEAD = """# 隐患的一生

本页由 `python -m api_docs` 按产品实际执行的状态表生成，请勿手工修改。

推动隐患只有一个入口：`POST /api/v1/hidden-hazards/{id}/transitions`，内容为 `id`（客户端生成）、`action`、
`version` 和这一步所需的事实。每个回答都带有 `allowed_actions`，界面按它画按钮。状态或版本不符时回答 409，
并给出当前的 `state`、`version` 和 `allowed_actions`；被拒绝的操作不改变任何内容。
"""
TABLE_HEAD = """| 操作 | `action` | 从 | 到 | 必填 | 可填 | 谁可以 |
|---|---|---|---|---|---|---|
"""
TAIL = """
照片按“先列清单、后传字节”提交：`photos` 写每张照片的 `sha256` 和 `size`，随后逐张
`PUT /api/v1/hidden-hazards/{id}/photos/{sha256}`。整改照片全部收到之前不能验收。

另有几条始终成立：验收人不是整改人；认定不构成隐患的人不是发现人；只有指派的整改人能提交整改；
重大隐患不能即查即改；政府检查发现的隐患由监管人员复查后销号，企业不能自行验收或认定不构成隐患。
是否逾期在读取时计算，不单独保存。
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
        for state in move.leaves:
            yield f"{state.value} --> {move.reaches.value}: {move.label}"
    left = {state for move in MOVES.values() for state in move.leaves}
    for state in State:
        if state not in left:
            yield f"{state.value} --> [*]"


def _row(action: Action, move: Move) -> tuple[str, ...]:
    major = f"；重大隐患另需 {_names(move.facts_when_major)}" if move.facts_when_major else ""
    who = _holders(move.permission)
    if move.permission_when_major:
        who += f"；重大隐患：{_holders(move.permission_when_major)}"
    return (
        move.label,
        f"`{action.value}`",
        "、".join(state.label for state in move.leaves),
        move.reaches.label,
        _names(move.facts) + major,
        _names(move.may_add) or "—",
        who,
    )


def _names(facts: tuple[str, ...]) -> str:
    return "、".join(f"`{name}`" for name in facts)


def _holders(permission: str) -> str:
    return "、".join(LABELS[role] for role in Role if permission in RIGHTS[role])
