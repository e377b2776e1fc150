"""The counts that zones and the enterprise keep equal a recount from the points, whatever was done before."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.assessments import grading
from app.assessments.copying import copy_point, copy_zone
from app.assessments.models import Basis
from app.core.db import reading, session, writing
from app.core.errors import Refusal
from app.core.ids import new_id
from app.reviews.service import merge_point
from app.risks import levels, retiring, rollup
from app.risks.models import EnterpriseLevels, RaiseKind, RiskPoint, RiskZone, Status
from app.risks.points import add_point, change_point
from app.risks.relocating import merge_zone
from app.risks.sources import add_source, list_sources
from app.risks.zones import add_zone, move_zone
from risk_models import worst
from tests.sizes import RANDOM_PLANTS
from tests.world import Plant, World

pytestmark = pytest.mark.deep

PLACE = st.integers(0, 50)
MOST = 30  # zones of a story: copies of copies would double them
STEP = st.one_of(
    st.tuples(st.just("zone"), PLACE),
    st.tuples(st.just("point"), PLACE),
    st.tuples(st.just("source"), PLACE),
    st.tuples(st.just("assess"), PLACE, st.sampled_from(Basis), st.integers(1, 5), st.integers(1, 5)),
    st.tuples(st.just("judge"), PLACE, st.sampled_from(Basis)),
    st.tuples(st.just("move"), PLACE, PLACE),
    st.tuples(st.just("raise"), PLACE, st.sampled_from(RaiseKind)),
    st.tuples(st.just("release"), PLACE),
    st.tuples(st.just("confirm"), PLACE),
    st.tuples(st.just("move_zone"), PLACE, PLACE),
    st.tuples(st.just("lift_zone"), PLACE),
    st.tuples(st.just("merge_zone"), PLACE, PLACE),
    st.tuples(st.just("copy_zone"), PLACE, PLACE),
    st.tuples(st.just("merge"), PLACE, PLACE),
    st.tuples(st.just("copy"), PLACE, PLACE, st.booleans()),
    st.tuples(st.sampled_from(["retire", "restore", "retire_source", "restore_source"]), PLACE),
    st.tuples(st.sampled_from(["retire_zone", "restore_zone"]), PLACE),
)
MET = {  # what a story may be refused
    "residual_above_inherent", "retired", "not_retired", "merged", "cycle", "in_use", "open_raises",
}  # fmt: skip


class Story:
    """What was made so far in one plant, and how each step is taken."""

    def __init__(self, plant: Plant) -> None:
        self.plant, self.actor = plant, plant.principal.actor
        self.zones, self.points, self.sources = [plant.zone.id], [plant.point.id], [plant.source.id]
        self.raised: list[str] = []

    def take(self, kind: str, *given: Any) -> None:
        with writing():
            getattr(self, f"_{kind}")(*given)

    def _zone(self, parent: int) -> None:
        parent_id = self.zones[parent % len(self.zones)]
        self.zones.append(add_zone(self.actor, name="区", kind="area", parent_id=parent_id).id)

    def _point(self, zone: int) -> None:
        point = add_point(
            self.actor, zone_id=self.zones[zone % len(self.zones)], unit_id=self.plant.unit.id,
            responsible_id=self.plant.worker.id, name="点", category="equipment",
        )  # fmt: skip
        self.points.append(point.id)

    def _source(self, point: int) -> None:
        source = add_source(
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
        change_point(self.actor, self.points[point % len(self.points)], zone_id=self.zones[zone % len(self.zones)])

    def _raise(self, point: int, kind: RaiseKind) -> None:
        self.raised.append(f"reason:{new_id()}")
        point_id = self.points[point % len(self.points)]
        levels.raise_level(self.actor, point_id, because=self.raised[-1], kind=kind, reason="隐患未销号")

    def _release(self, reason: int) -> None:
        if self.raised:
            levels.release(self.actor, because=self.raised[reason % len(self.raised)], reason="隐患已销号")

    def _confirm(self, place: int) -> None:
        point = self._point_at(place)
        point.status = Status.CONFIRMED
        point.held_inherent_level, point.held_level = point.inherent_level, point.shown_level
        levels.settle(self.actor, [point], because="确认")

    def _move_zone(self, zone: int, parent: int) -> None:
        move_zone(self.actor, self._zone_at(zone), self._zone_at(parent))

    def _lift_zone(self, zone: int) -> None:
        move_zone(self.actor, self._zone_at(zone), None)

    def _merge_zone(self, zone: int, into: int) -> None:
        merge_zone(self.actor, self._zone_at(zone), into_id=self._zone_at(into))

    def _copy_zone(self, zone: int, parent: int) -> None:
        if session().query(RiskZone).filter_by(enterprise_id=self.actor.enterprise).count() < MOST:
            self.zones.append(copy_zone(self.actor, self._zone_at(zone), parent_id=self._zone_at(parent)).id)

    def _merge(self, point: int, into: int) -> None:
        merge_point(self.actor, self._point_at(point).id, into_id=self._point_at(into).id)

    def _copy(self, point: int, zone: int, assessed: bool) -> None:
        copies = copy_point(
            self.actor, self._point_at(point).id, count=2, zone_id=self._zone_at(zone), with_assessments=assessed
        )
        self.points += [copy.id for copy in copies]

    def _retire(self, point: int) -> None:
        retiring.retire_point(self.actor, self._point_at(point).id, reason="拆除")

    def _restore(self, point: int) -> None:
        retiring.restore_point(self.actor, self._point_at(point).id)

    def _retire_source(self, source: int) -> None:
        retiring.retire_source(self.actor, self.sources[source % len(self.sources)], reason="不再使用")

    def _restore_source(self, source: int) -> None:
        retiring.restore_source(self.actor, self.sources[source % len(self.sources)])

    def _retire_zone(self, zone: int) -> None:
        retiring.retire_zone(self.actor, self._zone_at(zone), reason="拆除")

    def _restore_zone(self, zone: int) -> None:
        retiring.restore_zone(self.actor, self._zone_at(zone))

    def _zone_at(self, place: int) -> UUID:
        return self.zones[place % len(self.zones)]

    def _point_at(self, place: int) -> RiskPoint:
        return session().get_one(RiskPoint, (self.actor.enterprise, self.points[place % len(self.points)]))


@settings(
    max_examples=RANDOM_PLANTS, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(steps=st.lists(STEP, min_size=6, max_size=40))
def test_what_is_counted_equals_a_recount_after_any_story(world: World, steps: list[tuple[Any, ...]]) -> None:
    story = Story(world.plant)
    for step in steps:
        try:
            story.take(*step)
        except Refusal as refusal:
            assert refusal.code in MET  # noqa: PT017 - a story may meet these
        assert kept(world.plant) == recounted(world.plant), step
    assert_the_tree_is_a_tree(world.plant)
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
        return rollup.recounted(plant.enterprise.id)


def assert_every_point_is_the_worst_of_its_sources(plant: Plant) -> None:
    with reading() as session:
        for point in session.query(RiskPoint).filter_by(enterprise_id=plant.enterprise.id, retired_at=None):
            sources = list(session.scalars(list_sources(plant.manager.actor, point_id=point.id)))
            held = (None, None) if point.status is Status.CONFIRMED else (point.held_inherent_level, point.held_level)
            shown = worst([held[1], *(source.residual_level or source.inherent_level for source in sources)])
            open_reasons = [reason["level"] for reason in levels.reasons_of(plant.manager.actor, point)]
            assert point.shown_level == shown
            assert point.current_level == worst([shown, *open_reasons])
            assert point.inherent_level == worst([held[0], *(source.inherent_level for source in sources)])


def assert_the_tree_is_a_tree(plant: Plant) -> None:
    """No zone is above itself, each path follows its parent's, and what is in use hangs in what is in use."""
    with reading() as session:
        zones = {zone.id: zone for zone in session.query(RiskZone).filter_by(enterprise_id=plant.enterprise.id)}
        for zone in zones.values():
            above = [zone.id]
            while parent_id := zones[above[-1]].parent_id:
                assert parent_id not in above
                above.append(parent_id)
            assert zone.path == "".join(f"{step.hex}/" for step in reversed(above))
            assert zone.retired_at or zone.parent_id is None or zones[zone.parent_id].retired_at is None
        assert rollup.lost_zones(plant.enterprise.id) == []
        for point in session.query(RiskPoint).filter_by(enterprise_id=plant.enterprise.id, retired_at=None):
            assert zones[point.zone_id].retired_at is None


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
