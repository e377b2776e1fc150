"""The counts that zones and the enterprise keep equal a recount from the points, whatever was done before."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.db import reading, writing
from app.core.errors import Refusal
from app.core.ids import new_id
from app.risks import grading, levels
from app.risks import service as risks
from app.risks.models import Basis, EnterpriseLevels, RiskPoint, RiskZone
from risk_models import RiskLevel, worst
from tests.sizes import RANDOM_PLANTS
from tests.world import Plant, World

pytestmark = pytest.mark.deep

PLACE = st.integers(0, 50)
STEP = st.one_of(
    st.tuples(st.just("zone"), PLACE),
    st.tuples(st.just("point"), PLACE),
    st.tuples(st.just("source"), PLACE),
    st.tuples(st.just("assess"), PLACE, st.sampled_from(Basis), st.integers(1, 5), st.integers(1, 5)),
    st.tuples(st.just("judge"), PLACE, st.sampled_from(Basis)),
    st.tuples(st.just("move"), PLACE, PLACE),
    st.tuples(st.just("raise"), PLACE, st.sampled_from(RiskLevel)),
    st.tuples(st.just("release"), PLACE),
)


class Story:
    """What was made so far in one plant, and how each step is taken."""

    def __init__(self, plant: Plant) -> None:
        self.plant, self.actor = plant, plant.manager.actor
        self.zones, self.points, self.sources = [plant.zone.id], [plant.point.id], [plant.source.id]
        self.raised: list[str] = []

    def take(self, kind: str, *given: Any) -> None:
        with writing():
            getattr(self, f"_{kind}")(*given)

    def _zone(self, parent: int) -> None:
        parent_id = self.zones[parent % len(self.zones)]
        self.zones.append(risks.add_zone(self.actor, name="区", kind="area", parent_id=parent_id).id)

    def _point(self, zone: int) -> None:
        point = risks.add_point(
            self.actor, zone_id=self.zones[zone % len(self.zones)], unit_id=self.plant.unit.id,
            responsible_id=self.plant.worker.id, name="点", category="equipment",
        )  # fmt: skip
        self.points.append(point.id)

    def _source(self, point: int) -> None:
        source = risks.add_source(
            self.actor, point_id=self.points[point % len(self.points)], name="源", factor_class="things",
            accident_types=["中毒"],
        )  # fmt: skip
        self.sources.append(source.id)

    def _assess(self, source: int, basis: Basis, likelihood: int, severity: int) -> None:
        factors = {"L": str(likelihood), "S": str(severity)}
        grading.assess(
            self.actor, source_id=self.sources[source % len(self.sources)], basis=basis, method="LS", factors=factors
        )

    def _judge(self, source: int, basis: Basis) -> None:
        grading.assess(
            self.actor, source_id=self.sources[source % len(self.sources)], basis=basis, direct_reason="违反强制条款"
        )

    def _move(self, point: int, zone: int) -> None:
        risks.change_point(
            self.actor, self.points[point % len(self.points)], zone_id=self.zones[zone % len(self.zones)]
        )

    def _raise(self, point: int, level: RiskLevel) -> None:
        self.raised.append(f"reason:{new_id()}")
        point_id = self.points[point % len(self.points)]
        levels.raise_level(self.actor, point_id, because=self.raised[-1], level=level, reason="重大隐患未销号")

    def _release(self, reason: int) -> None:
        if self.raised:
            levels.release(self.actor, because=self.raised[reason % len(self.raised)])


@settings(
    max_examples=RANDOM_PLANTS, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(steps=st.lists(STEP, min_size=6, max_size=25))
def test_what_is_counted_equals_a_recount_after_any_story(world: World, steps: list[tuple[Any, ...]]) -> None:
    story = Story(world.plant)
    for step in steps:
        try:
            story.take(*step)
        except Refusal as refusal:
            assert refusal.code == "residual_above_inherent"  # noqa: PT017 - the one refusal a story may meet
    assert kept(world.plant) == recounted(world.plant)
    assert_every_point_is_the_worst_of_its_sources(world.plant)


def kept(plant: Plant) -> dict[Any, dict[str, int]]:
    """The counts as stored, of each zone and of the whole."""
    enterprise_id = plant.enterprise.id
    with reading() as session:
        nodes = [(zone.id, zone) for zone in session.query(RiskZone).filter_by(enterprise_id=enterprise_id)]
        nodes.append((enterprise_id, session.get_one(EnterpriseLevels, enterprise_id)))
        return {
            name: {f"{which}_{level}": n for which in ("shown", "current") for level, n in node.counts(which).items()}
            for name, node in nodes
        }


def recounted(plant: Plant) -> dict[Any, dict[str, int]]:
    with reading():
        return levels.recounted(plant.enterprise.id)


def assert_every_point_is_the_worst_of_its_sources(plant: Plant) -> None:
    with reading() as session:
        for point in session.query(RiskPoint).filter_by(enterprise_id=plant.enterprise.id):
            sources = list(session.scalars(risks.list_sources(plant.manager.actor, point_id=point.id)))
            shown = worst(source.residual_level or source.inherent_level for source in sources)
            open_reasons = [reason.level for reason in levels.reasons_of(plant.manager.actor, point.id)]
            assert point.shown_level == shown
            assert point.current_level == worst([shown, *open_reasons])
            assert point.inherent_level == worst(source.inherent_level for source in sources)


def test_a_zone_shows_the_worst_of_all_below_it_and_counts_the_unassessed_apart(world: World) -> None:
    story = Story(world.plant)
    for step in (("zone", 0), ("zone", 1), ("point", 2), ("point", 1)):
        story.take(*step)
    plant = world.plant
    top = plant.manager.get(f"/risk-zones/{plant.zone.id}").json
    assert top["shown_counts"] == {"red": 0, "orange": 1, "yellow": 0, "blue": 0, "unassessed": 2}
    leaf = plant.manager.get(f"/risk-zones/{story.zones[2]}").json
    assert leaf["shown_level"] is None
    assert leaf["shown_counts"]["unassessed"] == 1


def test_a_residual_level_never_stands_above_the_inherent_one(world: World) -> None:
    plant = world.plant
    body = {"hazard_source_id": str(plant.source.id), "basis": "inherent", "method": "LS", "factors": {"L": 1, "S": 1}}
    refused = plant.manager.post("/assessments", body)
    assert refused.status_code == 422
    assert refused.json["code"] == "residual_above_inherent"


def test_a_profile_of_ones_own_grades_and_comes_back_as_it_was_meant(world: World) -> None:
    manager = world.plant.manager
    document = {
        "name": "own-three", "title": "本企业三因素", "method": "custom", "edition": "2026-01-01", "source": "制度",
        "certainty": "practice",
        "factors": [{"code": "A", "name": "可能", "scale": [{"value": v, "meaning": "一档"} for v in (0.5, 10)]}],
        "bands": [
            {"level": "red", "level_name": "重大", "at_least": 9.5},
            {"level": "blue", "level_name": "低", "below": 9.5},
        ],
    }  # fmt: skip
    made = manager.post("/profiles", {"document": document})
    assert made.status_code == 201, made.text
    body = {
        "hazard_source_id": str(world.plant.source.id), "basis": "residual", "method": "custom", "profile": "own-three",
        "factors": {"A": 0.5},
    }  # fmt: skip
    assert manager.post("/assessments", body).json["level"]["code"] == "blue"
    assert manager.get("/profiles/own-three").json["document"]["factors"][0]["scale"][0]["value"] == "0.5"
    assert manager.post("/profiles", {"document": document}).status_code == 409


def test_a_profile_that_could_not_be_kept_is_refused_naming_the_document(world: World) -> None:
    base = {
        "name": "own", "title": "题", "method": "custom", "edition": "2026-01-01", "source": "制度",
        "certainty": "practice",
        "factors": [{"code": "A", "name": "可能", "scale": [{"value": "1", "meaning": "低"}]}],
        "bands": [{"level": "blue", "level_name": "低", "at_least": "0"}],
    }  # fmt: skip
    scale = {"value": "1", "meaning": "低"}
    for wrong in (
        {"name": "n" * 41},
        {"name": "n" * 64},
        {"bands": [{"level": "blue", "level_name": "低" * 41, "at_least": "0"}]},
        {"factors": [{"code": "A", "name": "可能", "scale": [{**scale, "dimensions": {"\x00": "x"}}]}]},
        {"factors": [{"code": "A", "name": "可能", "scale": [{**scale, "dimensions": {"\ud800": "x"}}]}]},
        {"factors": [{"code": "A", "name": "可能", "scale": [{**scale, "dimensions": {"x": "\x07"}}]}]},
        {"bands": [{"level": "blue", "level_name": "低", "at_least": 1e300}]},
        {"factors": [{"code": c, "name": "因素", "scale": [{"value": str(v), "meaning": "档"} for v in range(1, 30)]}
                     for c in "ABCD"]},
    ):  # fmt: skip
        answer = world.plant.manager.post("/profiles", {"document": {**base, **wrong}})
        assert answer.status_code == 422, (wrong, answer.text)
        assert answer.json["errors"][0]["pointer"] == "/document", answer.text
    assert world.plant.manager.post("/profiles", {"document": base}).status_code == 201


def test_a_zone_takes_no_plan_that_is_not_there(world: World) -> None:
    plant, absent = world.plant, "019a3c5e-7c1e-7000-8000-00000000dead"
    for answer in (
        plant.manager.post("/risk-zones", {"name": "区", "kind": "area", "floor_plan_id": absent}),
        plant.manager.patch(f"/risk-zones/{plant.zone.id}", {"floor_plan_id": absent}),
    ):
        assert answer.status_code == 422, answer.text
        assert answer.json["errors"][0]["pointer"] == "/floor_plan_id"
