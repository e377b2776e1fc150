"""What the chain vouches for: the content of an inspection, and of a checklist, as their rows say it.

The event of each carries the digest of this as `content`, so that a row altered afterwards no longer agrees with the
chain. The names stand here one by one, for a column added later must not change what was digested before.
"""

from collections.abc import Iterable
from typing import Any

from app.inspections.models import Checklist, Inspection, InspectionItem

OF_INSPECTION = (
    "id", "point_id", "task_id", "checklist_id", "checklist_version", "inspector_id", "client_at", "received_at",
    "started_at", "scanned_at", "tag_id", "latitude", "longitude", "accuracy_metres", "failed", "note",
)  # fmt: skip
OF_ITEM = ("key", "result", "reading", "note", "answered_at", "hidden_hazard_id")


def content_of(inspection: Inspection, items: Iterable[InspectionItem]) -> dict[str, Any]:
    """All an inspection says, its items by their key; what the event `inspection.recorded` digests."""
    said = [{name: getattr(item, name) for name in OF_ITEM} for item in items]
    return {
        **{name: getattr(inspection, name) for name in OF_INSPECTION},
        "items": sorted(said, key=lambda item: item["key"]),
    }


def content_of_checklist(checklist: Checklist) -> list[Any]:
    """The items of a checklist's version, in their order; what the event `checklist.published` digests."""
    return checklist.items
