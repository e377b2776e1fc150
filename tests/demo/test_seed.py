"""The demo holds what an expert would expect of it, and the house stands after it was made."""

import stat
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.accounts.policy import Role
from app.assessments.models import Assessment
from app.commands.checks import findings
from app.controls.gaps import Lack
from app.controls.standing import uncontrolled
from app.core.actor import system
from app.core.clock import LOCAL, stopped_at
from app.core.db import session
from app.core.events import Event, broken_at
from app.demo import sign_ins
from app.demo.seed import AlreadySeeded, is_seeded, seed
from app.enterprises.models import Enterprise
from app.evidence.models import Evidence, Photo
from app.hidden_hazards.models import HiddenHazard
from app.hidden_hazards.terms import Gravity, Source, State
from app.inspections.judging import Result
from app.inspections.models import Checklist, Half, Inspection, InspectionItem
from app.risks.models import FloorPlan, HazardSource, RiskPoint, RiskZone, Status
from app.risks.rollup import recounted, stored_counts
from app.tags.models import Tag
from risk_models import RiskLevel
from tests.demo.conftest import MIDNIGHT, TODAY, Demo


def hazards(**equal: Any) -> list[HiddenHazard]:
    return list(session().scalars(select(HiddenHazard).filter_by(**equal).order_by(HiddenHazard.code)))


def count(model: type[Any]) -> int:
    return session().scalar(select(func.count()).select_from(model)) or 0


def test_sixty_points_stand_in_the_levels_an_expert_believes(demo: Demo) -> None:
    levels = Counter(session().scalars(select(RiskPoint.shown_level)))
    assert 55 <= sum(levels.values()) <= 65
    assert 2 <= levels[RiskLevel.RED] <= 4
    assert 8 <= levels[RiskLevel.ORANGE] <= 12
    assert 20 <= levels[RiskLevel.YELLOW] <= 25
    assert levels[None] == 0


def test_nothing_is_red_in_the_grain_store(demo: Demo) -> None:
    grain = session().scalars(select(Enterprise.id).where(Enterprise.trade == "grain")).one()
    shown = set(session().scalars(select(RiskPoint.shown_level).where(RiskPoint.enterprise_id == grain)))
    assert shown == {RiskLevel.ORANGE, RiskLevel.YELLOW, RiskLevel.BLUE}


def test_every_source_is_assessed_before_and_after_its_measures(demo: Demo) -> None:
    assert count(Assessment) == 2 * count(HazardSource) > 200
    assert session().scalar(select(func.count()).where(Assessment.direct_reason.is_not(None))) > 0


def test_every_point_has_a_checklist_and_a_tag(demo: Demo) -> None:
    points = set(session().scalars(select(RiskPoint.id)))
    assert set(session().scalars(select(Checklist.point_id).where(Checklist.half == Half.FIELD))) == points
    assert set(session().scalars(select(Tag.point_id))) == points


def test_every_point_is_confirmed_and_one_orange_one_is_not_controlled_for_want_of_a_plan(demo: Demo) -> None:
    assert set(session().scalars(select(RiskPoint.status))) == {Status.CONFIRMED}
    with stopped_at(MIDNIGHT):
        found = [control for one in demo.enterprises() for control in uncontrolled(system(one.id))]
    assert [(control.level, [gap.lack for gap in control.gaps]) for control in found] == [
        (RiskLevel.ORANGE, [Lack.NO_PLAN])
    ]


def test_every_plan_is_drawn_and_has_zones_on_it(demo: Demo) -> None:
    plans = list(session().scalars(select(FloorPlan)))
    assert len(plans) >= 3
    for plan in plans:
        assert plan.image_sha256
        drawn = select(RiskZone.id).where(RiskZone.floor_plan_id == plan.id, RiskZone.parent_id.is_not(None))
        assert session().scalars(drawn).first()


def test_every_state_of_a_hidden_hazard_is_there(demo: Demo) -> None:
    found = hazards()
    assert {hazard.state for hazard in found} >= set(State) - {State.DUPLICATE, State.PENDING_REVIEW}
    assert {hazard.source for hazard in found} == set(Source)
    assert sum(hazard.rejections for hazard in found) >= 3
    on_the_spot = select(func.count()).where(Event.kind == "hidden_hazard.fix_on_the_spot")
    assert session().scalar(on_the_spot) >= 3
    with stopped_at(MIDNIGHT):
        assert 1 <= sum(hazard.overdue for hazard in found) <= 6


def test_the_one_major_hidden_hazard_was_treated_by_plan_and_reported_twice(demo: Demo) -> None:
    (major,) = hazards(gravity=Gravity.MAJOR)
    assert major.state is State.CLOSED
    assert major.criteria
    assert major.accepted_by != major.rectifier_id
    assert set(major.treatment_plan or {}) == {
        "goal", "measures", "funds", "people", "time_limit", "safety_and_emergency"
    }  # fmt: skip
    assert set(major.dual_report or {}) == {"to_regulator_at", "to_workers_congress_at"}


def test_some_were_late_and_most_in_time(demo: Demo) -> None:
    closed = hazards(state=State.CLOSED)
    late = [hazard for hazard in closed if hazard.submitted_at > hazard.deadline_at]
    assert 2 <= len(late) <= len(closed) / 4


def test_the_government_found_some_and_closes_them_itself(demo: Demo) -> None:
    regulators = {person.name for person in demo.credentials.sign_ins if person.role is Role.REGULATOR}
    assert regulators
    found = hazards(source=Source.GOVERNMENT)
    assert len(found) >= 4
    closed = [hazard for hazard in found if hazard.state is State.CLOSED]
    assert all(hazard.rechecked_at and hazard.accepted_by is None for hazard in closed)


def test_twelve_weeks_of_inspections_fail_in_the_items_of_the_stories_alone(demo: Demo) -> None:
    assert 900 <= count(Inspection) <= 1500
    failed = select(InspectionItem).where(InspectionItem.result == Result.ABNORMAL)
    items = list(session().scalars(failed))
    assert all(item.hidden_hazard_id for item in items)
    from_rounds = [hazard for hazard in hazards() if hazard.origin.startswith("inspection:")]
    assert {item.hidden_hazard_id for item in items} == {hazard.id for hazard in from_rounds}
    assert all(hazard.occurrences == 1 for hazard in hazards())


def test_people_inspect_in_working_hours_and_walk_from_point_to_point(demo: Demo) -> None:
    by_person: dict[Any, list[Any]] = {}
    for inspection in session().scalars(select(Inspection).order_by(Inspection.received_at)):
        by_person.setdefault(inspection.inspector_id, []).append(inspection.received_at.astimezone(LOCAL))
        assert timedelta(0) < inspection.received_at - inspection.client_at < timedelta(minutes=2)
    times = [moment for moments in by_person.values() for moment in moments]
    assert {moment.hour for moment in times} <= set(range(7, 20))
    assert len(by_person) >= 25


def test_every_named_photo_has_arrived_and_no_two_are_alike(demo: Demo) -> None:
    named = set(session().scalars(select(Evidence.sha256)))
    assert named <= set(session().scalars(select(Photo.sha256)))
    assert len(named) >= 60
    assert len(set(session().scalars(select(Photo.dhash)))) > len(named) / 2


def test_nothing_lies_in_the_future(demo: Demo) -> None:
    for moment in (Event.at, Inspection.received_at, HiddenHazard.found_at, Photo.received_at, Tag.issued_at):
        first, last = session().execute(select(func.min(moment), func.max(moment))).one()
        assert demo.began < first
        assert last < MIDNIGHT


def test_the_chain_of_every_enterprise_holds(demo: Demo) -> None:
    assert [broken_at(enterprise.id) for enterprise in demo.enterprises()] == [None, None, None]
    assert [list(findings(enterprise, photos=True)) for enterprise in demo.enterprises()] == [[], [], []]


def test_events_follow_in_the_order_of_their_time(demo: Demo) -> None:
    for enterprise in demo.enterprises():
        of_enterprise = select(Event.at).where(Event.enterprise_id == enterprise.id).order_by(Event.seq)
        moments = list(session().scalars(of_enterprise))
        assert moments == sorted(moments)


def test_the_counts_of_every_zone_are_those_of_its_points(demo: Demo) -> None:
    for enterprise in demo.enterprises():
        assert recounted(enterprise.id) == stored_counts(enterprise.id)


def test_a_second_seeding_is_refused(demo: Demo) -> None:
    assert is_seeded()
    with pytest.raises(AlreadySeeded):
        seed(demo.settings, today=TODAY)


def test_the_sign_ins_are_kept_for_their_owner_alone(demo: Demo) -> None:
    path = sign_ins.path(demo.settings)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sign_ins.kept(demo.settings) == demo.credentials
    assert demo.credentials.password not in repr(demo.credentials)
    assert len(demo.credentials.password) >= 12
    assert demo.said


def test_one_person_of_each_role_signs_in(demo: Demo) -> None:
    people = demo.credentials.one_per_role()
    assert [person.role for person in people] == list(Role)
    for person in people:
        assert token_of(demo, person)


def test_the_regulators_rate_rises_as_findings_are_closed(demo: Demo) -> None:
    person = next(person for person in demo.credentials.sign_ins if person.code == "YJ2199")
    token = token_of(demo, person)
    early, later = (rectification(demo, token, found_to=60, as_of=days) for days in (59, 0))
    assert early[1] == later[1] >= 6
    assert 0 < early[0] < later[0] == later[1]
    closed, found = rectification(demo, token, found_to=1, as_of=0)
    assert found / 3 < closed < found


def rectification(demo: Demo, token: str, *, found_to: int, as_of: int) -> tuple[int, int]:
    """How many self-found hidden hazards of the demo's first weeks were closed, and found; in days before today."""
    answer = demo.app.test_client().get(
        "/api/v1/supervision/rates",
        query_string={
            "found_from": demo.began.date().isoformat(),
            "found_to": (TODAY - timedelta(days=found_to)).isoformat(),
            "as_of": (MIDNIGHT - timedelta(days=as_of)).isoformat(),
        },
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 200, answer.text
    rate = answer.json["total"]["self_check"]["rates"]["rectification"]
    return rate["numerator"], rate["denominator"]


def token_of(demo: Demo, person: sign_ins.SignIn) -> str:
    body = {"code": person.code, "name": person.login, "password": demo.credentials.password}
    answer = demo.app.test_client().post("/api/v1/auth/login", json=body)
    assert answer.status_code == 200, answer.text
    return str(answer.json["access_token"])
