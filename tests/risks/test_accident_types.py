"""The accident types: two lists, and where each old name went."""

from app.risks.accidents import accident_lists, moved_names, successors
from tests.world import World


def test_every_old_name_has_successors_and_each_is_in_force() -> None:
    new, old = accident_lists().values()
    assert (len(new), len(old)) == (27, 20)
    for name in old:
        following = successors(name)
        assert following, name
        assert {kind for kind, _ in following} <= set(new), name
        assert len(following) == 1 or all(when for _, when in following), name
    assert {entry["old"] for entry in moved_names()} == set(old)


def test_a_name_in_force_has_no_successor_of_its_own() -> None:
    assert successors("跌落") == []


def test_the_mapping_is_told_beside_the_lists(world: World) -> None:
    answer = world.plant.worker.get("/accident-types").json
    assert [entry["standard"] for entry in answer["lists"]] == ["GB 6441-2025", "GB/T 6441-1986"]
    moved = {entry["old"]: [new["name"] for new in entry["new"]] for entry in answer["moved"]}
    assert moved["中毒和窒息"] == ["中毒", "窒息"]
    assert moved["机械伤害"] == ["机械致害"]
