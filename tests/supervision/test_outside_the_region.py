"""An office that asks for a region not its own is told so: a row of noughts would read as a finding."""

import pytest

from tests.world import World


@pytest.mark.parametrize("path", ["/supervision/rates", "/supervision/risk-levels"])
@pytest.mark.parametrize("region", ["219902", "999999", "2199"])
def test_a_region_outside_the_offices_own_is_refused_by_name(world: World, path: str, region: str) -> None:
    answer = world.regulator.get(path, region_code=region)
    assert answer.status_code == 422
    assert "219901" in answer.json["detail"]
