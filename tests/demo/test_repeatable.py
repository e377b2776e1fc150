"""The same day gives the same demo, on either database; only ids, tokens and the password are random."""

from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.core.db import session
from app.core.events import Event
from app.enterprises.models import Enterprise
from app.hidden_hazards.models import HiddenHazard
from app.inspections.models import Inspection, InspectionItem
from app.migrations.migrate import upgrade
from app.risks.models import EnterpriseLevels, RiskPoint
from app.tags.models import Tag
from tests.demo.conftest import Demo, seeded, sqlite_in


def test_two_seedings_of_one_day_tell_the_same(demo: Demo, tmp_path: Path) -> None:
    first, tokens = told(), set(session().scalars(select(Tag.token)))
    settings = sqlite_in(tmp_path)
    upgrade(settings)
    for other in seeded(settings):
        for name, lines in told().items():
            assert lines == first[name], name
        assert not tokens & set(session().scalars(select(Tag.token)))
        assert other.credentials.password != demo.credentials.password


def told() -> dict[str, list[Any]]:
    """All that is not random, in an order that does not depend on ids."""
    points = select(RiskPoint.code, RiskPoint.name, RiskPoint.shown_level, RiskPoint.current_level, RiskPoint.x)
    hazards = select(
        HiddenHazard.code, HiddenHazard.state, HiddenHazard.gravity, HiddenHazard.found_at, HiddenHazard.deadline_at,
        HiddenHazard.submitted_at, HiddenHazard.closed_at, HiddenHazard.version, HiddenHazard.description,
    )  # fmt: skip
    items = (
        select(Inspection.received_at, RiskPoint.code, InspectionItem.result, InspectionItem.reading)
        .join(Inspection, Inspection.id == InspectionItem.inspection_id)
        .join(RiskPoint, RiskPoint.id == Inspection.point_id)
    )
    counts = [getattr(EnterpriseLevels, f"shown_{level}") for level in ("red", "orange", "yellow", "blue")]
    statements = {
        "points": points,
        "hazards": hazards,
        "items": items,
        "events": select(Enterprise.code, Event.seq, Event.kind, Event.at).join(
            Event, Event.enterprise_id == Enterprise.id
        ),
        "counts": select(Enterprise.code, *counts).join(
            EnterpriseLevels, EnterpriseLevels.enterprise_id == Enterprise.id
        ),
    }
    return {name: sorted(map(str, session().execute(statement))) for name, statement in statements.items()}
