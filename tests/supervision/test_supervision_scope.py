from datetime import date

import pytest

from app.core.db import reading, writing
from app.core.errors import Invalid
from app.hidden_hazards.terms import Gravity, Source, State
from app.supervision import overview, service
from app.supervision.counting import GroupBy


@pytest.fixture
def told(story):
    """One hidden hazard at each plant: chemical in one county, grain in the other."""
    story.hazard("03-01", deadline="03-10", submitted="03-09", closed="03-12")
    story.hazard("03-02", plant=story.world.other)
    return story


def _found(answer):
    return {item["code"]: item["sources"]["self_check"]["found"] for item in answer["items"]}


def test_another_countys_enterprise_never_appears(told, world):
    for group_by in GroupBy:
        answer = world.regulator.get("/supervision/rates", group_by=group_by, found_from="2024-01-01")
        assert answer.status_code == 200, answer.text
        assert answer.json["total"]["self_check"]["found"] == 1
        assert "异企" not in answer.text
    for path in ("/supervision/rates", "/supervision/hidden-hazards", "/supervision/risk-levels"):
        for given in ({}, {"region_code": "219902"}, {"trade": "grain"}):
            text = world.regulator.get(path, **given).text
            assert "异企" not in text
            assert "LK01" not in text
            assert str(world.other.enterprise.id) not in text


def test_an_office_above_the_counties_sees_both_by_county(told):
    city = told.city()
    answer = told.rates("04-01", of=city)
    assert {item["code"]: item["name"] for item in answer["items"]} == {"219901": "东湖县", "219902": "西岭县"}
    assert _found(answer) == {"219901": 1, "219902": 1}
    narrowed = told.rates("04-01", of=city, region_code="219901")
    assert {item["code"]: item["name"] for item in narrowed["items"]} == {"219901101": "东湖镇"}


def test_a_county_sees_its_townships(told):
    assert _found(told.rates("04-01")) == {"219901101": 1}


def test_an_office_of_some_trades_sees_those_alone(told):
    grain = told.city(trades=("grain",))
    assert _found(told.rates("04-01", of=grain, group_by="enterprise")) == {"LK01": 1}
    with reading():
        levels = overview.risk_levels(grain.actor, group_by=GroupBy.ENTERPRISE)
    assert [item["code"] for item in levels["items"]] == ["LK01"]


def test_an_enterprise_that_found_nothing_is_shown_and_enterprises_stand_by_code(story):
    city = story.city()
    story.hazard("03-02", plant=story.world.other)
    answer = story.rates("04-01", of=city, group_by="enterprise")
    assert [item["code"] for item in answer["items"]] == ["HG01", "LK01"]
    assert _found(answer) == {"HG01": 0, "LK01": 1}
    assert _found(story.rates("04-01", of=city, group_by="enterprise", trade="chemical")) == {"HG01": 0}


def test_a_hidden_hazard_stays_where_it_was_found_when_its_enterprise_moves(story, world):
    story.hazard("03-01")
    with writing() as session:
        session.merge(world.plant.enterprise).region_code = "219901"
        session.merge(world.plant.enterprise).industry = "9999"
    assert _found(story.rates("04-01")) == {"219901101": 1}
    assert _found(story.rates("04-01", group_by="industry")) == {"2614": 1}


def test_rates_are_one_aggregate_query_and_the_names(told, queries):
    told.hazard("03-03", source=Source.GOVERNMENT)
    for group_by, most in {"region": 2, "industry": 1, "month": 1, "enterprise": 2}.items():
        with queries() as sent:
            told.rates("04-01", group_by=group_by)
        assert len(sent) == most, group_by
        assert sum("hidden_hazards" in statement for statement in sent) == 1


def test_more_groups_than_one_answer_holds_are_refused(told, monkeypatch):
    city = told.city()
    monkeypatch.setattr(service, "MOST_GROUPS", 1)
    with pytest.raises(Invalid, match="缩小范围"):
        told.rates("04-01", of=city)
    with pytest.raises(Invalid, match="缩小范围"):
        told.rates("04-01", of=city, group_by="enterprise")


def test_people_of_an_enterprise_see_their_own_rates_alone(told, world):
    query = {"found_from": "2024-01-01", "found_to": "2024-03-31", "as_of": "2024-04-01T00:00:00+08:00"}
    own = world.plant.worker.get("/rates", **query)
    assert own.status_code == 200, own.text
    assert [item["key"] for item in own.json["items"]] == ["2024-01", "2024-02", "2024-03"]
    assert own.json["as_of"] == "2024-03-31T16:00:00Z"
    rate = own.json["total"]["self_check"]["rates"]["rectification"]
    assert (rate["numerator"], rate["denominator"], rate["rate"]) == (1, 1, "100.0%")
    alone = world.other.worker.get("/rates", group_by="none", **query).json
    assert alone["items"] == []
    assert alone["total"]["self_check"]["rates"]["rectification"]["rate"] == "0.0%"
    assert world.plant.worker.get("/rates", enterprise_id=str(world.other.enterprise.id)).status_code == 404
    assert world.plant.worker.get("/supervision/rates").status_code == 403


def test_an_impossible_question_is_answered_with_its_field(world):
    for field, query in (
        ("found_from", {"found_from": "2024-3-1"}),
        ("as_of", {"as_of": "2024-04-01T00:00:00"}),
        ("as_of", {"as_of": "2199-01-01T00:00:00Z"}),
        ("found_to", {"found_from": "2024-03-02", "found_to": "2024-03-01"}),
        ("group_by", {"group_by": "colour"}),
        ("region_code", {"region_code": "21990"}),
        ("trade", {"trade": "Grain'"}),
        ("page", {"page": "1"}),
    ):
        answer = world.regulator.get("/supervision/rates", **query)
        assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, f"/{field}")


def test_hidden_hazards_are_listed_across_enterprises_with_whose_they_are(told, world, queries):
    city = told.city()
    with queries() as sent:
        page = city.get("/supervision/hidden-hazards").json
    assert [(row["enterprise_code"], row["state"]) for row in page["items"]] == [
        ("LK01", "reported"),
        ("HG01", "closed"),
    ]
    assert sum("FROM hidden_hazards" in statement for statement in sent) == 1
    first = page["items"][0]
    timeline = city.get(f"/hidden-hazards/{first['id']}/timeline", enterprise_id=first["enterprise_id"])
    assert [event["kind"] for event in timeline.json["items"]] == ["hidden_hazard.reported"]


def test_hidden_hazards_are_found_by_what_they_are(told, world):
    told.hazard("03-05", deadline="03-10", gravity=Gravity.MAJOR, source=Source.GOVERNMENT)
    told.hazard("03-31 23:59:59")

    def listed(**query):
        with reading() as session:
            return session.scalars(overview.list_hazards(world.regulator.actor, **query)).all()

    own, other = world.plant.enterprise.id, world.other.enterprise.id
    assert len(listed()) == 3
    assert len(listed(enterprise=own)) == 3
    assert listed(enterprise=other) == []
    assert len(listed(region_code="219901101")) == 3
    assert listed(region_code="219902") == []
    assert listed(trade="grain") == []
    assert len(listed(source=Source.GOVERNMENT)) == 1
    assert len(listed(state=State.CLOSED)) == 1
    assert len(listed(gravity=Gravity.MAJOR)) == 1
    assert len(listed(overdue=True)) == 1
    assert len(listed(found_from=date.fromisoformat("2024-03-31"), found_to=date.fromisoformat("2024-03-31"))) == 1
    assert listed(found_from=date.fromisoformat("2024-04-01")) == []
    foreign = world.regulator.get("/supervision/hidden-hazards", enterprise_id=str(other), overdue="true")
    assert (foreign.status_code, foreign.json["items"]) == (200, [])


def test_a_region_shows_counts_and_only_an_enterprise_a_colour(world):
    region = world.regulator.get("/supervision/risk-levels").json
    (item,) = region["items"]
    assert (item["code"], item["name"], item["enterprises"]) == ("219901101", "东湖镇", 1)
    assert item["shown_counts"] == {"red": 0, "orange": 1, "yellow": 0, "blue": 0, "unassessed": 0}
    assert item["shown_level"] is None
    assert item["current_level"] is None
    assert region["total"]["shown_counts"]["orange"] == 1
    assert "shown_level" not in region["total"]
    (enterprise,) = world.regulator.get("/supervision/risk-levels", group_by="enterprise").json["items"]
    assert enterprise["code"] == "HG01"
    assert enterprise["shown_level"]["code"] == "orange"
    assert world.regulator.get("/supervision/risk-levels", group_by="industry").json["items"][0]["key"] == "2614"
    assert world.regulator.get("/supervision/risk-levels", group_by="month").status_code == 422


def test_an_open_major_hidden_hazard_shows_in_the_current_counts_alone(story, world):
    story.hazard("03-01", deadline="03-10", gravity=Gravity.MAJOR)
    (item,) = world.regulator.get("/supervision/risk-levels", group_by="enterprise").json["items"]
    assert (item["shown_level"]["code"], item["current_level"]["code"]) == ("orange", "red")
    assert (item["shown_counts"]["red"], item["current_counts"]["red"]) == (0, 1)
