from datetime import UTC, date, datetime

import pytest

from app.core.errors import Invalid
from app.supervision.period import Period, period_of
from app.supervision.rates import RATES, UNREPORTED, Counts, Rate, Tally, breakdown_length, rates_of, unreported_rate

AS_OF = datetime(2024, 4, 1, tzinfo=UTC)
NOW = datetime(2024, 5, 20, 17, 0, tzinfo=UTC)  # already the 21st where the enterprises are


@pytest.mark.parametrize(
    ("numerator", "denominator", "shown"),
    [
        (544, 715, "76.1%"),
        (0, 0, None),
        (0, 5, "0.0%"),
        (5, 5, "100.0%"),
        (1, 3, "33.3%"),
        (2, 3, "66.7%"),
        (1, 8, "12.5%"),
        (1, 2000, "0.1%"),
        (1999, 2000, "99.9%"),
        (99_999, 100_000, "99.9%"),
    ],
)
def test_a_rate_has_one_decimal_and_nothing_of_nothing_is_null(numerator, denominator, shown):
    assert Rate("整改率", numerator, denominator, "", AS_OF).rate == shown


def test_every_rate_is_taken_from_its_own_counts():
    counts = Counts(
        found=20, dismissed=1, cohort=19, closed=13, due=11, closed_due=7, in_time=5, waiting=1, overdue=3,
        due_by_original=10, in_time_by_original=3,
    )  # fmt: skip
    made = {key: (rate.numerator, rate.denominator) for key, rate in rates_of(counts, as_of=AS_OF).items()}
    assert made == {
        "rectification": (13, 19),
        "due_rectification": (7, 11),
        "timely_rectification": (5, 11),
        "timely_rectification_by_original": (3, 10),
    }


def test_every_rate_says_its_name_its_definition_and_its_instant():
    for major in (False, True):
        for rate in rates_of(Counts(), as_of=AS_OF, major=major).values():
            assert rate.rate is None
            assert "÷" in rate.definition
            assert rate.as_of == AS_OF
            assert rate.name.startswith("重大隐患") is major
    assert rates_of(Counts(), as_of=AS_OF, major=True)["rectification"].name == "重大隐患整改率"
    assert "90 天" in unreported_rate(Tally(), as_of=AS_OF).definition


def test_a_rate_is_never_a_part_of_something_else_than_its_whole():
    wholes = {"cohort": {"closed"}, "due": {"closed_due", "in_time"}, "due_by_original": {"in_time_by_original"}}
    for one in RATES.values():
        assert one.numerator in wholes[one.denominator]
    assert (UNREPORTED.numerator, UNREPORTED.denominator) == ("unreported", "located")


def test_counts_and_tallies_add_up_part_by_part():
    one = Tally(everything=Counts(found=2, closed=1), major=Counts(found=1), located=2, unreported=1)
    both = one + Tally(everything=Counts(found=3), major=Counts(overdue=4), located=1)
    assert both == Tally(
        everything=Counts(found=5, closed=1), major=Counts(found=1, overdue=4), located=3, unreported=1
    )


@pytest.mark.parametrize(
    ("code", "length"), [("", 6), ("21", 6), ("2199", 6), ("219901", 9), ("219901101", 12), ("219901101001", 12)]
)
def test_a_region_is_broken_down_by_county_or_by_what_is_next_below(code, length):
    assert breakdown_length(code) == length


def test_without_days_the_period_is_the_year_so_far_in_local_days():
    assert period_of(None, None, None, now=NOW) == Period(date(2024, 1, 1), date(2024, 5, 21), NOW)
    earlier = datetime(2022, 12, 31, 16, 0, tzinfo=UTC)  # the new year has begun there
    assert period_of(None, None, earlier, now=NOW) == Period(date(2023, 1, 1), date(2023, 1, 1), earlier)
    assert period_of(None, date(2023, 6, 30), None, now=NOW).found_from == date(2023, 1, 1)


@pytest.mark.parametrize(
    ("found_from", "found_to", "as_of"),
    [
        (None, None, datetime(2024, 5, 20, 17, 1, tzinfo=UTC)),
        (date(2024, 3, 2), date(2024, 3, 1), None),
        (date(2024, 5, 22), None, None),
        (date(2010, 1, 1), date(2024, 1, 1), None),
    ],
)
def test_an_impossible_period_is_refused(found_from, found_to, as_of):
    with pytest.raises(Invalid):
        period_of(found_from, found_to, as_of, now=NOW)


def test_a_period_touches_its_months_to_their_local_ends():
    period = Period(date(2023, 12, 31), date(2024, 2, 1), NOW)
    assert [(name, end.astimezone(UTC).isoformat()) for name, end in period.months] == [
        ("2023-12", "2023-12-31T16:00:00+00:00"),
        ("2024-01", "2024-01-31T16:00:00+00:00"),
        ("2024-02", "2024-02-29T16:00:00+00:00"),
    ]
    assert (period.end - period.start).days == 33
