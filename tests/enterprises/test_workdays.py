"""Working days: weekends, the State Council's holidays, and the weekends worked for them."""

from datetime import date

import pytest

from app.enterprises.workdays import is_workday, last_workday, workdays_after, workdays_between


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        ("2025-01-01", False), ("2025-01-26", True), ("2025-01-28", False), ("2025-02-04", False),
        ("2025-02-05", True), ("2025-02-08", True), ("2025-04-27", True), ("2025-05-05", False),
        ("2025-06-02", False), ("2025-09-28", True), ("2025-10-08", False), ("2025-10-11", True),
        ("2026-01-02", False), ("2026-01-04", True), ("2026-02-14", True), ("2026-02-15", False),
        ("2026-02-23", False), ("2026-02-28", True), ("2026-04-06", False), ("2026-05-09", True),
        ("2026-06-19", False), ("2026-09-20", True), ("2026-09-25", False), ("2026-10-07", False),
        ("2026-10-10", True), ("2026-11-21", False), ("2026-11-23", True),
    ],
)  # fmt: skip
def test_a_day_is_worked_as_it_was_arranged(day: str, worked: bool) -> None:
    assert is_workday(date.fromisoformat(day)) is worked


def test_a_year_without_data_has_its_weekends_off_alone() -> None:
    assert is_workday(date(2031, 10, 1))
    assert not is_workday(date(2031, 10, 4))


@pytest.mark.parametrize(
    ("day", "n", "after"),
    [
        ("2026-09-30", 0, "2026-09-30"), ("2026-09-30", 1, "2026-10-08"), ("2026-09-30", 3, "2026-10-10"),
        ("2026-09-30", 4, "2026-10-12"), ("2026-02-13", 1, "2026-02-14"), ("2026-02-14", 1, "2026-02-24"),
        ("2026-11-20", 3, "2026-11-25"),
    ],
)  # fmt: skip
def test_working_days_are_counted_on_from_the_day_after(day: str, n: int, after: str) -> None:
    first, last = date.fromisoformat(day), date.fromisoformat(after)
    assert workdays_after(first, n) == last
    assert workdays_between(first, last) == n


def test_between_counts_nothing_backwards_and_the_last_may_be_none() -> None:
    assert workdays_between(date(2026, 11, 23), date(2026, 11, 20)) == 0
    assert last_workday(date(2026, 11, 16), date(2026, 11, 22)) == date(2026, 11, 20)
    assert last_workday(date(2026, 10, 1), date(2026, 10, 7)) is None
