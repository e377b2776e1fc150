"""The profiles an enterprise may grade by: those that come with the product, and its own."""

from typing import Any

from sqlalchemy import select

from app.assessments.models import EnterpriseProfile
from app.core import events
from app.core.actor import Actor
from app.core.db import session
from app.core.errors import Conflict, NotFound, invalid_field
from app.core.ids import new_id
from risk_models import GradingError, Profile, describe, load_profile, profiles

LONGEST_NAME = 40  # characters of a profile's name, and of the name it gives a level


def add_profile(actor: Actor, document: dict[str, Any]) -> EnterpriseProfile:
    """Keep a grading profile of the enterprise's own. Raises Invalid naming the hole, Conflict for a taken name."""
    try:
        checked = load_profile(document)
    except GradingError as error:
        raise invalid_field("/document", str(error), code=error.code) from None
    if max(len(checked.name), *(len(band.level_name) for band in checked.bands)) > LONGEST_NAME:
        raise invalid_field("/document", f"标准的 name 和分级的 level_name 最多 {LONGEST_NAME} 个字，请缩短。")
    taken = select(EnterpriseProfile.id).where(
        EnterpriseProfile.enterprise_id == actor.enterprise, EnterpriseProfile.name == checked.name
    )
    if session().scalar(taken):
        raise Conflict("已有同名的评估标准。已用过的标准不能改，请换一个名称。", code="profile_exists")
    kept = EnterpriseProfile(enterprise_id=actor.enterprise, id=new_id(), name=checked.name, document=describe(checked))
    session().add(kept)
    events.append(actor.enterprise, "profile.added", kept.id, actor_id=actor.id, data={"name": kept.name})
    return kept


def list_profiles(actor: Actor) -> list[dict[str, Any]]:
    """The profiles the enterprise may grade by: those that come with the product, then its own."""
    own = session().scalars(
        select(EnterpriseProfile)
        .where(EnterpriseProfile.enterprise_id == actor.enterprise)
        .order_by(EnterpriseProfile.name)
    )
    described = [describe(load_profile(profile.document)) for profile in own]
    return profiles() + [{**document, "default": False} for document in described]


def show_profile(actor: Actor, name: str) -> dict[str, Any]:
    """One profile with its scales, meanings and cut-offs, as a form needs them. Raises NotFound."""
    try:
        return describe(find_profile(actor, name))
    except GradingError:
        raise NotFound from None


def find_profile(actor: Actor, name: str) -> str | Profile:
    """The enterprise's own profile of that name, or the name itself, for the library to know."""
    own = session().scalar(
        select(EnterpriseProfile).where(
            EnterpriseProfile.enterprise_id == actor.enterprise, EnterpriseProfile.name == name
        )
    )
    return load_profile(own.document) if own else name
