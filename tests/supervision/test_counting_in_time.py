"""Every count as a table of small worlds: one hidden hazard each, seen at an instant."""

from datetime import date

from app.core.db import writing
from app.hidden_hazards.models import HiddenHazard
from app.hidden_hazards.terms import Gravity, Source, State

NONE = {"found": 1, "cohort": 1}
CLOSED_IN_TIME = {"closed": 1, "due": 1, "closed_due": 1, "in_time": 1, "due_by_original": 1, "in_time_by_original": 1}
DUE = {"due": 1, "due_by_original": 1}
COUNTS = (
    "found", "dismissed", "duplicates", "cohort", "closed", "due", "closed_due", "in_time", "waiting", "reviewing",
    "overdue", "due_by_original", "in_time_by_original", "rejections", "joined", "regradings_down", "extensions",
    "reopenings",
)  # fmt: skip

WORLDS = {
    "only reported": ({}, "04-01", NONE),
    "found later than the instant": ({}, "03-09 23:59:59", {}),
    "found at the instant": ({}, "03-10", NONE),
    "the deadline a second ahead": ({"deadline": "03-20 18:00"}, "03-20 17:59:59", NONE),
    "the deadline come": ({"deadline": "03-20 18:00"}, "03-20 18:00", NONE | DUE | {"overdue": 1}),
    "submitted at the deadline": (
        {"deadline": "03-20 18:00", "submitted": "03-20 18:00", "closed": "03-25"}, "04-01", NONE | CLOSED_IN_TIME,
    ),
    "submitted a second late": (
        {"deadline": "03-20 18:00", "submitted": "03-20 18:00:01", "closed": "03-25"}, "04-01",
        NONE | DUE | {"closed": 1, "closed_due": 1},
    ),
    "accepted late is still in time": (
        {"deadline": "03-20", "submitted": "03-19", "closed": "05-30"}, "06-01", NONE | CLOSED_IN_TIME,
    ),
    "in time, not yet accepted": (
        {"deadline": "03-20", "submitted": "03-19", "closed": "03-25"}, "03-24", NONE | DUE | {"waiting": 1},
    ),
    "at the deadline, not accepted": (
        {"deadline": "03-20", "submitted": "03-20"}, "03-24", NONE | DUE | {"waiting": 1},
    ),
    "accepted at the instant": (
        {"deadline": "03-20", "submitted": "03-19", "closed": "03-25"}, "03-25", NONE | CLOSED_IN_TIME,
    ),
    "late, not yet accepted": (
        {"deadline": "03-20", "submitted": "03-22"}, "03-24", NONE | DUE | {"overdue": 1},
    ),
    "overdue then, closed since": (
        {"deadline": "03-20", "submitted": "03-22", "closed": "03-25"}, "03-21", NONE | DUE | {"overdue": 1},
    ),
    "closed before it was due": (
        {"deadline": "03-20", "submitted": "03-12", "closed": "03-13"}, "03-15", NONE | {"closed": 1},
    ),
    "rejected, then again late": (
        {"deadline": "03-20", "rejected": ("03-15", "03-18"), "submitted": "03-22", "closed": "03-25"}, "04-01",
        NONE | DUE | {"closed": 1, "closed_due": 1, "rejections": 1},
    ),
    "rejected, then again in time": (
        {"deadline": "03-20", "rejected": ("03-12", "03-13"), "submitted": "03-15", "closed": "03-25"}, "04-01",
        NONE | CLOSED_IN_TIME | {"rejections": 1},
    ),
    "a rejected submission is none": (
        {"deadline": "03-20", "rejected": ("03-15", "03-18")}, "04-01", NONE | DUE | {"overdue": 1, "rejections": 1},
    ),
    "dismissed": ({"dismissed": "03-15"}, "03-15", {"found": 1, "dismissed": 1}),
    "dismissed after the instant": ({"dismissed": "03-15"}, "03-14 23:59:59", NONE),
}  # fmt: skip


def test_a_hidden_hazard_is_counted_as_it_stood(story):
    for name, (life, _, _) in WORLDS.items():
        story.hazard("03-10", **life, trade=name)
    seen = {name: story.self_check(as_of, trade=name) for name, (_, as_of, _) in WORLDS.items()}
    assert {name: {count: shown[count] for count in COUNTS if shown[count]} for name, shown in seen.items()} == {
        name: expected for name, (_, _, expected) in WORLDS.items()
    }
    for shown in seen.values():
        assert shown["due"] == shown["closed_due"] + shown["waiting"] + shown["reviewing"] + shown["overdue"]
        assert shown["found"] == shown["cohort"] + shown["dismissed"] + shown["duplicates"]


def test_what_cleans_a_rate_is_counted_beside_it(story, world):
    changed = {
        "duplicate": {"state": State.DUPLICATE, "dismissed_at": story.at("03-15")},
        "regraded": {"regradings_down": 1},
        "extended": {"extensions": 2, "deadline_at": story.at("04-20")},
        "reopened": {"reopenings": 1},
    }
    for trade, columns in changed.items():
        set_columns(world, story.hazard("03-10", deadline="03-20", trade=trade), **columns)
    assert story.self_check("03-14", trade="duplicate")["cohort"] == 1
    shown = story.self_check("04-01")
    names = ("found", "duplicates", "cohort", "due", "regradings_down", "extensions", "reopenings")
    assert [shown[name] for name in names] == [4, 1, 3, 2, 1, 2, 1]


def test_what_waits_for_its_delisting_was_in_time_and_is_not_closed(story, world):
    hazard_id = story.hazard("03-01", deadline="03-10", submitted="03-09", gravity=Gravity.MAJOR)
    listed = {"listed_at": story.at("03-02"), "accepted_at": story.at("03-12")}
    set_columns(world, hazard_id, state=State.PENDING_REVIEW, **listed)
    before, after = story.self_check("03-11")["major"], story.self_check("04-01")["major"]
    names = ("due", "closed_due", "waiting", "reviewing", "overdue", "in_time", "in_time_by_original")
    assert [before[name] for name in names] == [1, 0, 1, 0, 0, 0, 0]
    assert [after[name] for name in names] == [1, 0, 0, 1, 0, 1, 1]
    assert after["rates"]["due_rectification"].rate == "0.0%"


def set_columns(world, hazard_id, **columns):
    with writing() as session:
        row = session.get_one(HiddenHazard, (world.plant.enterprise.id, hazard_id))
        for name, value in columns.items():
            setattr(row, name, value)


def test_the_year_so_far_makes_the_rates_a_regulator_reads(story):
    story.hazard("03-01", deadline="03-10", submitted="03-09", closed="03-12")
    story.hazard("03-01", deadline="03-10", submitted="03-11", closed="03-12")
    story.hazard("03-01", deadline="03-10")
    story.hazard("03-01", deadline="06-10", submitted="03-05", closed="03-06")
    story.hazard("03-01", dismissed="03-02")
    rates = story.self_check("04-01")["rates"]
    assert {name: (rate.numerator, rate.denominator, rate.rate) for name, rate in rates.items()} == {
        "rectification": (3, 4, "75.0%"),
        "due_rectification": (2, 3, "66.7%"),
        "timely_rectification": (1, 3, "33.3%"),
        "timely_rectification_by_original": (1, 3, "33.3%"),
    }


def test_an_extension_moves_the_deadline_in_force_and_not_the_original(story, world):
    hazard_id = story.hazard("03-01", deadline="03-10", submitted="03-12", closed="03-13")
    with writing() as session:
        session.get_one(HiddenHazard, (world.plant.enterprise.id, hazard_id)).deadline_at = story.at("03-20")
    before, then = story.self_check("03-15"), story.self_check("03-20")
    assert (before["due"], before["due_by_original"], before["in_time_by_original"]) == (0, 1, 0)
    assert (then["due"], then["in_time"]) == (1, 1)
    assert then["rates"]["timely_rectification"].rate == "100.0%"
    assert then["rates"]["timely_rectification_by_original"].rate == "0.0%"


def test_nothing_found_gives_null_and_never_all(story):
    total = story.rates("04-01")["total"]
    assert list(total) == ["self_check", "government", "public"]
    for source in total.values():
        assert source["found"] == 0
        assert {rate.rate for rate in source["rates"].values()} == {None}
        assert {rate.rate for rate in source["major"]["rates"].values()} == {None}
    assert total["government"]["unreported"].rate is None


def test_the_major_ones_are_counted_by_themselves_too(story):
    major = Gravity.MAJOR
    story.hazard("03-01", deadline="03-10", submitted="03-09", closed="03-12", gravity=major)
    story.hazard("03-01", deadline="03-10", gravity=major)
    story.hazard("03-01", deadline="03-10", submitted="03-09", closed="03-12")
    shown = story.self_check("04-01")
    assert (shown["closed"], shown["cohort"]) == (2, 3)
    assert (shown["major"]["found"], shown["major"]["due"], shown["major"]["overdue"]) == (2, 2, 1)
    assert shown["major"]["rates"]["rectification"].rate == "50.0%"
    assert shown["major"]["rates"]["timely_rectification"].rate == "50.0%"


def test_what_the_government_and_the_public_found_stands_apart(story):
    story.hazard("03-01", deadline="03-10", submitted="03-09", closed="03-12")
    story.hazard("03-01", deadline="03-10")
    story.hazard("03-01", deadline="03-10", submitted="03-09", closed="03-12", source=Source.GOVERNMENT)
    story.hazard("03-01", source=Source.PUBLIC)
    answer = story.rates("04-01")
    (item,) = answer["items"]
    for sources in (answer["total"], item["sources"]):
        assert {name: source["rates"]["rectification"].rate for name, source in sources.items()} == {
            "self_check": "50.0%",
            "government": "100.0%",
            "public": "0.0%",
        }


def test_a_further_occurrence_is_counted_beside_and_not_found_again(story, world):
    plant = world.plant
    for _ in range(3):
        assert plant.worker.post("/inspections", plant.inspection(failed=1)).status_code == 201
    answer = world.regulator.get("/supervision/rates").json["total"]["self_check"]
    assert (answer["found"], answer["joined"]) == (1, 2)


def test_a_month_begins_and_ends_at_local_midnight(story):
    for found in ("02-29 23:59:59", "03-01 00:00:00", "03-31 23:59:59", "04-01 00:00:00", "12-31 23:59:59"):
        story.hazard(found)
    story.hazard("2025-01-01 00:00:00")
    answer = story.rates("2025-01-05", group_by="month", found_to=date(2024, 12, 31))
    found = {item["key"]: item["sources"]["self_check"]["found"] for item in answer["items"]}
    assert list(found) == [f"2024-{month:02d}" for month in range(1, 13)]
    assert {month: count for month, count in found.items() if count} == {
        "2024-02": 1,
        "2024-03": 2,
        "2024-04": 1,
        "2024-12": 1,
    }
    assert answer["total"]["self_check"]["found"] == 5


def test_a_period_is_of_local_days_both_included(story):
    edges = {"02-29 23:59:59": 0, "03-01 00:00:00": 1, "03-15 23:59:59": 1, "03-16 00:00:00": 0}
    for found in edges:
        story.hazard(found, trade=found)
    march = {"found_from": date(2024, 3, 1), "found_to": date(2024, 3, 15)}
    assert {found: story.self_check("04-01", trade=found, **march)["found"] for found in edges} == edges


REPORTED_BEFORE = {
    "never": (None, False),
    "at the same instant": ({"found": "06-01 08:00:00"}, False),
    "a second before": ({"found": "06-01 07:59:59"}, True),
    "90 days before": ({"found": "03-03 08:00:00"}, True),
    "90 days and a second before": ({"found": "03-03 07:59:59"}, False),
    "at another place": ({"found": "05-01", "place": "另一处"}, False),
    "by the public": ({"found": "05-01", "source": Source.PUBLIC}, False),
    "as what was none": ({"found": "05-01", "dismissed": "05-02"}, False),
    "as what was later none": ({"found": "05-01", "dismissed": "07-02"}, True),
}


def test_a_finding_was_reported_before_or_not(story, world):
    for name, (earlier, _) in REPORTED_BEFORE.items():
        with writing():
            point_id = world.plant.add_point(world.plant.manager.actor).id
        if earlier:
            story.hazard(**earlier, point_id=point_id, trade=name)
        story.hazard("06-01 08:00:00", source=Source.GOVERNMENT, point_id=point_id, trade=name)
    seen = {name: story.rates("07-01", trade=name)["total"]["government"]["unreported"] for name in REPORTED_BEFORE}
    assert {name: (rate.numerator, rate.denominator) for name, rate in seen.items()} == {
        name: (0 if before else 1, 1) for name, (_, before) in REPORTED_BEFORE.items()
    }


def test_a_finding_that_names_no_point_is_counted_beside(story):
    story.hazard("06-01", source=Source.GOVERNMENT, place="厂区道路")
    shown = story.rates("07-01")["total"]["government"]
    assert shown["without_point"] == 1
    assert shown["unreported"].rate is None
