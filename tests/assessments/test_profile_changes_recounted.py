"""After a change of profile every level equals a recomputation from the assessments, whatever the plant was like."""

from collections import Counter
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.assessments import grading
from app.assessments.models import Assessment, Basis
from app.assessments.regrading import change_profile, preview
from app.core.db import reading, session, writing
from app.core.errors import Refusal
from app.core.ids import new_id
from app.risks import levels, rollup
from app.risks.models import HazardSource, RaiseKind, RiskPoint, Status
from app.risks.points import add_point
from app.risks.sources import add_source
from app.risks.zones import add_zone
from risk_models import grade, worst
from tests.sizes import RANDOM_PLANTS
from tests.world import Plant, World

pytestmark = pytest.mark.deep

SCORE = st.integers(1, 5).map(str)
BY_LS = st.fixed_dictionaries(
    {"method": st.just("LS"), "factors": st.fixed_dictionaries({"L": SCORE, "S": SCORE})},
    optional={"profile": st.sampled_from(["ls-b", "ls-f", "ls-coal-6x6"])},
)
BY_LEC = st.just({"method": "LEC", "factors": {"L": "6", "E": "3", "C": "15"}})
DIRECT = st.one_of(st.just({}), BY_LS).map(lambda scored: {**scored, "direct_reason": "违反强制性条款"})
OFF_SCALE = st.just({"method": "LS", "profile": "ls-coal-6x6", "factors": {"L": "6", "S": "2"}})
ASSESSED = st.tuples(st.sampled_from(Basis), st.one_of(BY_LS, BY_LS, BY_LS, BY_LEC, DIRECT, OFF_SCALE))
SOURCE = st.lists(ASSESSED, max_size=3)
POINT = st.fixed_dictionaries(
    {
        "sources": st.lists(SOURCE, max_size=3),
        "confirmed": st.booleans(),
        "raised": st.booleans(),
        "deep": st.booleans(),
    }
)
TO = st.sampled_from(["ls-shandong", "ls-b", "ls-c", "ls-d", "ls-f", "ls-g", "ls-coal-6x6"])


@settings(
    max_examples=RANDOM_PLANTS, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(points=st.lists(POINT, min_size=1, max_size=5), to=TO, then=TO)
def test_a_change_of_profile_equals_a_recomputation(world: World, points: list[Any], to: str, then: str) -> None:
    plant, actor = world.plant, world.plant.manager.actor
    furnish(plant, points)
    for profile in (to, then):
        with reading():
            before = snapshot(plant)
            seen = preview(actor, method="LS", to=profile)
        try:
            with writing():
                told = change_profile(actor, new_id(), method="LS", to=profile, reason="更换")
        except Refusal as refusal:
            assert refusal.code == "profile_conflicts"  # noqa: PT017 - the one refusal this may meet
            assert seen["conflicts"]["total"] > 0
            assert snapshot(plant) == before
            continue
        assert {name: told[name] for name in seen} == seen
        assert_graded_by(plant, profile, unfit=seen["unfit"]["total"])
        assert_recounted(plant, seen)


def furnish(plant: Plant, points: list[Any]) -> None:
    """Make what was drawn; an assessment that would put residual above inherent is left out."""
    actor = plant.manager.actor
    with writing():
        inner = add_zone(actor, name="内区", kind="building", parent_id=plant.zone.id)
    for drawn in points:
        with writing():
            point = add_point(
                actor, zone_id=(inner if drawn["deep"] else plant.zone).id, unit_id=plant.unit.id,
                responsible_id=plant.worker.id, name="点", category="equipment",
            )  # fmt: skip
            sources = [
                add_source(actor, point_id=point.id, name="源", factor_class="things", accident_types=["中毒"]).id
                for _ in drawn["sources"]
            ]
        for source_id, assessments in zip(sources, drawn["sources"], strict=True):
            for basis, assessed in assessments:
                try_to_assess(plant, source_id, basis, assessed)
        with writing():
            kept = session().get_one(RiskPoint, (actor.enterprise, point.id), populate_existing=True)
            if drawn["confirmed"]:
                kept.status = Status.CONFIRMED
                kept.held_inherent_level, kept.held_level = kept.inherent_level, kept.shown_level
            if drawn["raised"]:
                because = f"reason:{new_id()}"
                levels.raise_level(actor, point.id, because=because, kind=RaiseKind.OVERDUE, reason="逾期")


def try_to_assess(plant: Plant, source_id: UUID, basis: Basis, assessed: dict[str, Any]) -> None:
    try:
        with writing():
            grading.assess(plant.manager.actor, source_id=source_id, basis=basis, **assessed)
    except Refusal as refusal:
        assert refusal.code == "residual_above_inherent"  # noqa: PT017


def in_force(plant: Plant) -> list[Assessment]:
    statement = select(Assessment).where(
        Assessment.enterprise_id == plant.enterprise.id, Assessment.superseded_at.is_(None)
    )
    return list(session().scalars(statement.order_by(Assessment.id)))


def snapshot(plant: Plant) -> Any:
    with reading():
        points = session().execute(
            select(RiskPoint.id, RiskPoint.shown_level, RiskPoint.current_level, RiskPoint.status)
            .where(RiskPoint.enterprise_id == plant.enterprise.id)
            .order_by(RiskPoint.id)
        )
        return points.all(), [assessment.id for assessment in in_force(plant)]


def assert_graded_by(plant: Plant, profile: str, *, unfit: int) -> None:
    """Every assessment by LS in force is of the profile but the unfit, and of the level it grades to."""
    with reading():
        assessments = [one for one in in_force(plant) if one.method]
        assert sum(one.method == "LS" and one.profile != profile for one in assessments) == unfit
        for one in assessments:
            graded = grade(one.method, one.factors, one.profile)
            assert (one.computed_level, one.score, one.level_name) == (graded.level, graded.score, graded.level_name)
            assert one.level == ("red" if one.direct_reason else graded.level)


def assert_recounted(plant: Plant, seen: dict[str, Any]) -> None:
    """Sources and points are what their assessments and sources come to, and the counts what was foreseen."""
    with reading():
        by_source: dict[UUID, dict[Basis, Assessment]] = {}
        for one in in_force(plant):
            by_source.setdefault(one.source_id, {})[one.basis] = one
        own = HazardSource.enterprise_id == plant.enterprise.id
        sources = list(session().scalars(select(HazardSource).where(own)))
        for source in sources:
            if source.id in by_source:
                for name, value in grading.settled(by_source[source.id]).items():
                    assert getattr(source, name) == value
            if source.inherent_level and source.residual_level:
                assert source.residual_level.order >= source.inherent_level.order
        points = list(session().scalars(select(RiskPoint).where(RiskPoint.enterprise_id == plant.enterprise.id)))
        for point in points:
            held = None if point.status is Status.CONFIRMED else point.held_level
            shows = [one.residual_level or one.inherent_level for one in sources if one.point_id == point.id]
            assert point.shown_level == worst([held, *shows])
        counted = Counter(str(point.shown_level or "unassessed") for point in points)
        assert {name: count for name, count in seen["points"]["after"].items() if count} == counted
        assert rollup.stored_counts(plant.enterprise.id) == rollup.recounted(plant.enterprise.id)
