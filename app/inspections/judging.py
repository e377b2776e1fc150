"""What an answer to a checklist comes to (pure): every item answered once, a reading judges itself."""

from collections.abc import Iterator, Mapping, Sequence, Set
from decimal import Decimal
from enum import StrEnum
from typing import Any

from app.core.errors import FieldError, Invalid


class Result(StrEnum):
    """What was found of one item."""

    NORMAL = "normal"
    ABNORMAL = "abnormal"
    NOT_APPLICABLE = "not_applicable"

    @property
    def label(self) -> str:
        return {"normal": "正常", "abnormal": "异常", "not_applicable": "不涉及"}[self.value]


def nothing_inspected(results: Sequence[Result]) -> bool:
    """Whether not one of several items was said to apply: such an inspection is kept, and does no task."""
    return len(results) > 1 and all(result is Result.NOT_APPLICABLE for result in results)


def judged(
    items: Sequence[Mapping[str, Any]], answers: Sequence[Mapping[str, Any]], *, pictured: Set[str] = frozenset()
) -> list[dict[str, Any]]:
    """The answers in the checklist's order, each with its final result; `pictured` are the keys that have a photo.

    A reading outside its limits makes its item abnormal whatever was ticked. Raises Invalid naming each item that is
    unanswered, unknown, answered twice, without the reading or the photo it needs, or abnormal with nothing that
    shows how.
    """
    known = {item["key"]: item for item in items}
    given: dict[str, tuple[int, Mapping[str, Any]]] = {}
    wrong: list[FieldError] = []
    for place, answer in enumerate(answers):
        key = answer["key"]
        if key not in known:
            wrong.append(FieldError(f"/items/{place}/key", "清单的这个版本没有这一项，请刷新清单。"))
        elif key in given:
            wrong.append(FieldError(f"/items/{place}/key", "这一项答了两次。"))
        else:
            given[key] = (place, answer)
    wrong += [FieldError("/items", f"还有一项没有检查：{known[key]['check']}") for key in known if key not in given]
    results = []
    for key, item in known.items():
        if key in given:
            place, answer = given[key]
            result = _result(item.get("reading"), answer)
            lacking = _lacking(item, answer, result, pictured=key in pictured)
            wrong += [FieldError(f"/items/{place}{field}", detail) for field, detail in lacking]
            results.append({**answer, "result": result, "check": item["check"], "standard": item["standard"]})
    if wrong:
        raise Invalid("检查结果不完整，请按 errors 逐项补正。", errors=wrong)
    return results


def _result(reading: Mapping[str, Any] | None, answer: Mapping[str, Any]) -> Result:
    result: Result = answer["result"]
    value = answer.get("reading")
    if reading is None or value is None or result is Result.NOT_APPLICABLE:
        return result
    least, most = reading.get("min"), reading.get("max")
    outside = (least is not None and value < Decimal(least)) or (most is not None and value > Decimal(most))
    return Result.ABNORMAL if outside else result


def _lacking(
    item: Mapping[str, Any], answer: Mapping[str, Any], result: Result, *, pictured: bool
) -> Iterator[tuple[str, str]]:
    """What keeps an answer from being taken: the field it is about, and what to do."""
    reading, value = item.get("reading"), answer.get("reading")
    if reading is None and value is not None:
        yield "/reading", "这一项不需要读数。"
    if result is Result.NOT_APPLICABLE:
        return
    if reading is not None and value is None:
        yield "/reading", f"请填写读数（{reading['unit']}）。"
    # Checklists published before photos could be asked for do not say.
    if item.get("photo_required", False) and not pictured:
        yield "", f"这一项必须拍照，请拍下“{item['check']}”的现场照片。"
    elif result is Result.ABNORMAL and not (answer.get("note") or value is not None or pictured):
        yield "/note", "异常的请写一句是什么情况，或拍一张照片。"


def limits_text(reading: Mapping[str, Any]) -> str:
    """The limits of a reading as people read them: 0.4–0.6 MPa, ≤ 60 ℃, 0 条."""
    least, most, unit = reading.get("min"), reading.get("max"), reading["unit"]
    if least is not None and most is not None:
        return f"{least} {unit}" if Decimal(least) == Decimal(most) else f"{least}–{most} {unit}"
    return f"≥ {least} {unit}" if least is not None else f"≤ {most} {unit}"
