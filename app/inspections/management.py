"""基础管理类: what is looked at of how the enterprise is run, kept item by item and begun from a template.

Items change and retire; what was published of them stays. A template gives only what was never taken from it, so an
item the enterprise has reworded or retired is not brought back.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, select

from app.core import events
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import NotFound
from app.core.ids import new_id
from app.core.rows import change, own
from app.inspections.models import Chapter, ManagementItem
from app.inspections.templates import Template, templates

_IN_ORDER = case({chapter: place for place, chapter in enumerate(Chapter)}, value=ManagementItem.chapter)


def list_items(actor: Actor, *, chapter: Chapter | None = None, retired: bool = False) -> Select[ManagementItem]:
    """The management items in use by chapter, oldest first; with `retired` the others instead."""
    in_use = ManagementItem.retired_at.is_not(None) if retired else ManagementItem.retired_at.is_(None)
    statement = select(ManagementItem).where(ManagementItem.enterprise_id == actor.enterprise, in_use)
    if chapter:
        statement = statement.where(ManagementItem.chapter == chapter)
    return statement.order_by(_IN_ORDER, ManagementItem.created_at, ManagementItem.id)


def add_item(actor: Actor, **described: Any) -> ManagementItem:
    """Add a management item; it is looked at once the next version of the checklist is published."""
    item = ManagementItem(enterprise_id=actor.enterprise, id=new_id(), **described)
    session().add(item)
    data = {"chapter": item.chapter, "check": item.check, "origin": described.get("template_key", "")}
    events.append(actor.enterprise, "management_item.added", item.id, actor_id=actor.id, data=data)
    return item


def change_item(actor: Actor, item_id: UUID, *, retired: bool | None = None, **changes: Any) -> ManagementItem:
    """Change, retire or restore a management item; checklists already published stay as they are."""
    item = own(actor, ManagementItem, item_id)
    data = {} if retired is not None and not changes else change(item, changes)  # it refuses a change of nothing
    if retired is not None:
        item.retired_at = (item.retired_at or now()) if retired else None
    data["retired"] = item.retired_at is not None
    events.append(actor.enterprise, "management_item.changed", item_id, actor_id=actor.id, data=data)
    return item


def list_templates(actor: Actor) -> list[dict[str, Any]]:
    """Every template, each with how many of its items the enterprise has taken; one query for all."""
    taken = _taken(actor)
    return [
        {"template": template, "adopted": sum(template.key_of(item) in taken for item in template.items)}
        for template in templates().values()
    ]


def adopt_template(actor: Actor, name: str) -> dict[str, int]:
    """Take over the items of a template that were never taken from it; gives how many, and how many were before.

    Raises NotFound for a template there is not.
    """
    template = _template(name)
    taken = _taken(actor)
    fresh = [item for item in template.items if template.key_of(item) not in taken]
    for item in fresh:
        add_item(actor, **item.described, template_key=template.key_of(item))
    return {"adopted": len(fresh), "already": len(template.items) - len(fresh)}


def _template(name: str) -> Template:
    if name not in templates():
        raise NotFound("没有这个模板，名称见 GET /management-templates。")
    return templates()[name]


def _taken(actor: Actor) -> set[str]:
    """The template keys of every item ever taken, retired ones too."""
    of = ManagementItem.enterprise_id == actor.enterprise
    return set(session().scalars(select(ManagementItem.template_key).where(of, ManagementItem.template_key != "")))
