"""What each answer to each kind of item comes to, as one table."""

from decimal import Decimal
from typing import Any

import pytest

from app.core.errors import Invalid
from app.inspections.judging import Result, judged

PLAIN: dict[str, Any] = {"key": "k", "check": "阀门", "standard": "关", "reading": None, "photo_required": False}
READ = {**PLAIN, "reading": {"unit": "MPa", "min": "0.4", "max": "0.6"}}
LEAST = {**PLAIN, "reading": {"unit": "条", "min": "0", "max": None}}
SHOWN = {**PLAIN, "photo_required": True}
BOTH = {**READ, "photo_required": True}
OLD = {name: value for name, value in PLAIN.items() if name != "photo_required"}
N, A, X = Result.NORMAL, Result.ABNORMAL, Result.NOT_APPLICABLE
NOTE, READING, PHOTO = "/items/0/note", "/items/0/reading", "/items/0"


@pytest.mark.parametrize(
    ("item", "ticked", "reading", "note", "pictured", "comes_to"),
    [
        (PLAIN, N, None, "", False, N),
        (PLAIN, X, None, "", False, X),
        (PLAIN, A, None, "", False, NOTE),
        (PLAIN, A, None, "漏", False, A),
        (PLAIN, A, None, "", True, A),
        (PLAIN, N, "1", "", False, READING),
        (OLD, N, None, "", False, N),
        (OLD, A, None, "漏", False, A),
        (READ, N, None, "", False, READING),
        (READ, A, None, "漏", False, READING),
        (READ, X, None, "", False, X),
        (READ, N, "0.4", "", False, N),
        (READ, N, "0.6", "", False, N),
        (READ, N, "0.39", "", False, A),
        (READ, N, "0.600001", "", False, A),
        (READ, A, "0.5", "", False, A),
        (LEAST, N, "0", "", False, N),
        (LEAST, N, "-1", "", False, A),
        (SHOWN, N, None, "", False, PHOTO),
        (SHOWN, N, None, "看过了", False, PHOTO),
        (SHOWN, N, None, "", True, N),
        (SHOWN, A, None, "漏", False, PHOTO),
        (SHOWN, A, None, "", False, PHOTO),
        (SHOWN, A, None, "", True, A),
        (SHOWN, X, None, "", False, X),
        (BOTH, N, "0.5", "", False, PHOTO),
        (BOTH, N, "0.7", "", True, A),
        (BOTH, X, None, "", False, X),
    ],
)
def test_an_answer_comes_to_this(
    item: dict[str, Any], ticked: Result, reading: str | None, note: str, pictured: bool, comes_to: Any
) -> None:
    answer = {"key": "k", "result": ticked, "reading": Decimal(reading) if reading else None, "note": note}
    seen = {"k"} if pictured else set()
    if isinstance(comes_to, Result):
        assert [found["result"] for found in judged([item], [answer], pictured=seen)] == [comes_to]
        return
    with pytest.raises(Invalid) as refused:
        judged([item], [answer], pictured=seen)
    assert [error.pointer for error in refused.value.errors] == [comes_to]


def test_everything_wrong_is_told_at_once_and_by_its_place() -> None:
    items = [{**SHOWN, "key": key, "check": f"第{key}项"} for key in "abc"]
    answers = [{"key": "b", "result": N}, {"key": "b", "result": N}, {"key": "z", "result": N}]
    with pytest.raises(Invalid) as refused:
        judged(items, answers)
    told = [error.pointer for error in refused.value.errors]
    assert sorted(told) == ["/items", "/items", "/items/0", "/items/1/key", "/items/2/key"]
    assert "第b项" in next(error.detail for error in refused.value.errors if error.pointer == "/items/0")
