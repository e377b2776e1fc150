"""The turns of a plan: every unit, working days, shutdowns, first and last days, as tables."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from app.core.clock import LOCAL
from app.plans.calendar import Rhythm, Shift, frequency, hours_between, paused_turns, slots
from app.plans.terms import CycleUnit

TWO_SHIFTS = (Shift("白班", time(8), time(20)), Shift("夜班", time(20), time(8)))


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=LOCAL)


def turns(unit: str, after: str, before: str, **given: Any) -> list[str]:
    """The turns as text: key, opens and is due, the year left out."""
    days = {"starts_on": "2026-01-01", **{name: given.pop(name) for name in ("starts_on", "ends_on") if name in given}}
    pauses = [tuple(date.fromisoformat(f"2026-{day}") for day in pair) for pair in given.pop("pauses", [])]
    named = {name: date.fromisoformat(day) for name, day in days.items()}
    rhythm = Rhythm(unit=CycleUnit(unit), pauses=pauses, **named, **given)
    found = slots(rhythm, at(after), at(before))
    return [f"{slot.key} {slot.opens_at:%m-%d %H:%M} {slot.due_at:%m-%d %H:%M}" for slot in found]


# Unit and what else is said, the window asked for, and the turns due after its first instant and open before its last.
TABLE: list[tuple[str, dict[str, Any], str, str, list[str]]] = [
    ("hour", {"every": 8}, "11-20 09:00", "11-20 20:00",
     ["2026-11-20T08 11-20 08:00 11-20 16:00", "2026-11-20T16 11-20 16:00 11-21 00:00"]),
    ("hour", {"every": 9}, "11-20 17:00", "11-21 01:00",  # a cycle that does not fill the day ends with it
     ["2026-11-20T09 11-20 09:00 11-20 18:00", "2026-11-20T18 11-20 18:00 11-21 00:00",
      "2026-11-21T00 11-21 00:00 11-21 09:00"]),
    ("hour", {"every": 12, "workdays_only": True}, "11-20 13:00", "11-23 01:00",  # Friday to Monday
     ["2026-11-20T12 11-20 12:00 11-21 00:00", "2026-11-23T00 11-23 00:00 11-23 12:00"]),
    ("hour", {"every": 12, "pauses": [("11-21", "11-22")]}, "11-20 13:00", "11-23 01:00",
     ["2026-11-20T12 11-20 12:00 11-21 00:00", "2026-11-23T00 11-23 00:00 11-23 12:00"]),
    ("shift", {"shifts": TWO_SHIFTS}, "11-20 07:00", "11-21 07:00",  # the night of the 19th is still on
     ["2026-11-19/夜班 11-19 20:00 11-20 08:00", "2026-11-20/白班 11-20 08:00 11-20 20:00",
      "2026-11-20/夜班 11-20 20:00 11-21 08:00"]),
    ("shift", {"shifts": TWO_SHIFTS, "workdays_only": True}, "11-20 20:00", "11-23 09:00",  # Friday's night counts
     ["2026-11-20/夜班 11-20 20:00 11-21 08:00", "2026-11-23/白班 11-23 08:00 11-23 20:00"]),
    ("shift", {"shifts": TWO_SHIFTS, "pauses": [("11-21", "11-22")]}, "11-20 20:00", "11-23 09:00",
     ["2026-11-22/夜班 11-23 00:00 11-23 08:00", "2026-11-23/白班 11-23 08:00 11-23 20:00"]),
    ("shift", {"shifts": (Shift("中班", time(18), time(2)),), "pauses": [("11-21", "11-22")]},  # two hours of eight
     "11-20 18:00", "11-23 09:00",
     ["2026-11-20/中班 11-20 18:00 11-21 02:00", "2026-11-22/中班 11-23 00:00 11-23 02:00"]),
    ("day", {}, "11-20 12:00", "11-22 00:00",
     ["2026-11-20 11-20 00:00 11-21 00:00", "2026-11-21 11-21 00:00 11-22 00:00"]),
    ("day", {"workdays_only": True}, "09-30 12:00", "10-11 00:00",  # the holiday, and the Saturday worked for it
     ["2026-09-30 09-30 00:00 10-01 00:00", "2026-10-08 10-08 00:00 10-09 00:00",
      "2026-10-09 10-09 00:00 10-10 00:00", "2026-10-10 10-10 00:00 10-11 00:00"]),
    ("day", {"pauses": [("11-21", "11-22")]}, "11-20 12:00", "11-24 00:00",
     ["2026-11-20 11-20 00:00 11-21 00:00", "2026-11-23 11-23 00:00 11-24 00:00"]),
    ("day", {"every": 3, "starts_on": "2026-11-02"}, "11-06 00:00", "11-09 00:00",
     ["2026-11-05+ 11-05 00:00 11-08 00:00", "2026-11-08+ 11-08 00:00 11-11 00:00"]),
    ("week", {}, "11-21 00:00", "11-24 00:00",
     ["2026-W47 11-16 00:00 11-23 00:00", "2026-W48 11-23 00:00 11-30 00:00"]),
    ("week", {"workdays_only": True}, "11-20 00:00", "11-22 00:00", ["2026-W47 11-16 00:00 11-21 00:00"]),
    ("week", {"workdays_only": True}, "10-01 00:00", "10-06 00:00",  # W40 is due on Wednesday, before the holiday
     ["2026-W41 10-05 00:00 10-11 00:00"]),
    ("week", {"pauses": [("11-16", "11-22")]}, "11-16 00:00", "11-24 00:00", ["2026-W48 11-23 00:00 11-30 00:00"]),
    ("week", {"pauses": [("11-12", "11-18")]}, "11-15 00:00", "11-22 00:00",  # ends in it, begins in it
     ["2026-W47 11-19 00:00 11-23 00:00"]),
    ("week", {"pauses": [("11-14", "11-20")], "workdays_only": True}, "11-13 00:00", "11-22 00:00",
     ["2026-W46 11-09 00:00 11-14 00:00"]),  # the next week has no working day left
    ("week", {"every": 2, "starts_on": "2026-11-04"}, "11-04 00:00", "11-17 00:00",
     ["2026-W45 11-04 00:00 11-16 00:00", "2026-W47 11-16 00:00 11-30 00:00"]),
    ("month", {}, "11-20 00:00", "12-02 00:00",
     ["2026-11 11-01 00:00 12-01 00:00", "2026-12 12-01 00:00 01-01 00:00"]),
    ("month", {"workdays_only": True}, "10-20 00:00", "10-30 00:00", ["2026-10 10-01 00:00 10-31 00:00"]),
    ("month", {"starts_on": "2026-11-20", "ends_on": "2026-12-10"}, "11-20 00:00", "12-31 00:00",
     ["2026-11 11-20 00:00 12-01 00:00", "2026-12 12-01 00:00 12-11 00:00"]),
    ("month", {"pauses": [("10-25", "10-31"), ("11-01", "11-30")]}, "10-20 00:00", "12-02 00:00",  # one after another
     ["2026-10 10-01 00:00 11-01 00:00", "2026-12 12-01 00:00 01-01 00:00"]),
    ("quarter", {"starts_on": "2026-02-10"}, "03-01 00:00", "04-02 00:00",
     ["2026-Q1 02-10 00:00 04-01 00:00", "2026-Q2 04-01 00:00 07-01 00:00"]),
    ("year", {}, "06-01 00:00", "07-01 00:00", ["2026 01-01 00:00 01-01 00:00"]),
    ("once", {"starts_on": "2026-09-20", "ends_on": "2026-09-30"}, "09-01 00:00", "10-01 00:00",
     ["once 09-20 00:00 10-01 00:00"]),
    ("once", {"starts_on": "2026-09-20", "ends_on": "2026-09-27", "workdays_only": True}, "09-01 00:00", "10-01 00:00",
     ["once 09-20 00:00 09-25 00:00"]),
    ("day", {"starts_on": "2026-11-21", "ends_on": "2026-11-21"}, "11-01 00:00", "12-01 00:00",
     ["2026-11-21 11-21 00:00 11-22 00:00"]),
]  # fmt: skip


@pytest.mark.parametrize(("unit", "given", "after", "before", "expected"), TABLE)
def test_the_turns_are_those_of_the_table(
    unit: str, given: dict[str, Any], after: str, before: str, expected: list[str]
) -> None:
    assert turns(unit, after, before, **given) == expected


@pytest.mark.parametrize("unit", list(CycleUnit))
def test_windows_that_follow_each_other_find_every_turn_once(unit: CycleUnit) -> None:
    rhythm = Rhythm(
        unit=unit, starts_on=date(2026, 1, 5), ends_on=date(2026, 4, 20), shifts=TWO_SHIFTS,
        pauses=[(date(2026, 2, 10), date(2026, 3, 3))], workdays_only=True,
    )  # fmt: skip
    whole = list(slots(rhythm, at("01-01"), at("05-01")))
    assert len({slot.key for slot in whole}) == len(whole) > 0
    pieces = []
    start = at("01-01")
    while start < at("05-01"):
        end = start + timedelta(4)
        pieces += [slot for slot in slots(rhythm, start, end) if slot.opens_at >= start]
        start = end
    assert pieces == whole


def test_grace_follows_the_deadline() -> None:
    rhythm = Rhythm(unit=CycleUnit.DAY, starts_on=date(2026, 11, 20), grace=timedelta(hours=6))
    first = next(slots(rhythm, at("11-20"), at("11-21")))
    assert first.grace_until - first.due_at == timedelta(hours=6)


@pytest.mark.parametrize(
    ("unit", "every", "given", "said"),
    [
        ("hour", 1, {}, "每小时一次"), ("hour", 2, {}, "每 2 小时一次"), ("day", 1, {}, "每日一次"),
        ("day", 1, {"workdays_only": True}, "每工作日一次"), ("day", 3, {}, "每 3 日一次"), ("week", 1, {}, "每周一次"),
        ("month", 2, {}, "每 2 个月一次"), ("quarter", 1, {}, "每季度一次"), ("year", 1, {}, "每年一次"),
        ("once", 1, {}, "一次"), ("shift", 1, {"shifts": TWO_SHIFTS}, "每班一次（白班、夜班）"),
    ],
)  # fmt: skip
def test_how_often_is_said_as_people_say_it(unit: str, every: int, given: dict[str, Any], said: str) -> None:
    assert frequency(CycleUnit(unit), every, **given) == said


def test_hours_between_turns() -> None:
    day = date(2026, 1, 1)
    assert hours_between(Rhythm(unit=CycleUnit.HOUR, every=2, starts_on=day)) == 2
    assert hours_between(Rhythm(unit=CycleUnit.SHIFT, shifts=TWO_SHIFTS, starts_on=day)) == 12
    assert hours_between(Rhythm(unit=CycleUnit.DAY, starts_on=day)) is None


@pytest.mark.parametrize(
    ("unit", "given", "after", "until", "count"),
    [
        ("shift", {"shifts": TWO_SHIFTS}, "11-20", "11-24", 4),  # the night before, and three of the four of two days
        ("day", {}, "11-20", "11-24", 2), ("day", {}, "11-20", "11-22", 1), ("day", {"workdays_only": True}, "11-20",
        "11-24", 0), ("week", {}, "11-01", "12-01", 0), ("hour", {"every": 6}, "11-01", "12-01", 8),
    ],
)  # fmt: skip
def test_turns_that_are_not_made_for_a_shutdown_are_counted(
    unit: str, given: dict[str, Any], after: str, until: str, count: int
) -> None:
    weekend = [(date(2026, 11, 21), date(2026, 11, 22))]
    rhythm = Rhythm(unit=CycleUnit(unit), starts_on=date(2026, 1, 1), pauses=weekend, **given)
    assert paused_turns(rhythm, at(after), at(until)) == count
