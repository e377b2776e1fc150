"""Assessing a hazard source: by a profile, or judged directly with its reason; history is never rewritten."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from app.core import events
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Conflict, Invalid, NotFound, invalid_field
from app.core.ids import new_id
from app.risks import levels
from app.risks.models import Assessment, Basis, EnterpriseProfile, HazardSource, RiskPoint
from app.risks.service import workable_source
from risk_models import Grade, GradingError, Profile, RiskLevel, describe, grade, load_profile, profiles

LONGEST_NAME = 40  # characters of a profile's name, and of the name it gives a level


def assess(
    actor: Actor,
    *,
    source_id: UUID,
    basis: Basis,
    method: str | None = None,
    factors: Mapping[str, Any] | None = None,
    profile: str | None = None,
    direct_reason: str | None = None,
    note: str = "",
) -> Assessment:
    """Assess a source, superseding its last assessment on the same basis, and carry the level upward.

    Raises Invalid for factors the profile refuses, for neither factors nor a direct reason, and for a residual level
    above the inherent one.
    """
    source = workable_source(actor, source_id, field="/hazard_source_id")
    if factors is None and direct_reason is None:
        raise invalid_field("/factors", "请给出评估因素，或写明直接判定为重大风险的理由。")
    graded = _graded(actor, method, factors, profile) if factors is not None else None
    assessment = Assessment(
        enterprise_id=actor.enterprise, id=new_id(), source_id=source_id, basis=basis, note=note,
        direct_reason=direct_reason, assessor_id=actor.id, **_computed(graded),
        level=RiskLevel.RED if direct_reason else graded.level if graded else RiskLevel.RED,
    )  # fmt: skip
    current = _current(source)
    if basis in current:
        current[basis].superseded_at = now()
    _settle_source(source, {**current, basis: assessment})
    session().add(assessment)
    session().flush()
    data = {"source_id": str(source_id), "basis": basis, "level": assessment.level, "profile": assessment.profile}
    events.append(actor.enterprise, "source.assessed", assessment.id, actor_id=actor.id, data=data)
    levels.settle(actor, session().get_one(RiskPoint, (actor.enterprise, source.point_id)))
    return assessment


def list_assessments(actor: Actor, *, source_id: UUID | None = None, history: bool = False) -> Select[Assessment]:
    """The assessments in force, or with `history` all there ever were, oldest first."""
    statement = select(Assessment).where(Assessment.enterprise_id == actor.enterprise)
    if source_id:
        statement = statement.where(Assessment.source_id == source_id)
    if not history:
        statement = statement.where(Assessment.superseded_at.is_(None))
    return statement.order_by(Assessment.assessed_at, Assessment.id)


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
        return describe(_profile(actor, name))
    except GradingError:
        raise NotFound from None


def _graded(actor: Actor, method: str | None, factors: Mapping[str, Any], profile: str | None) -> Grade:
    if method is None:
        raise invalid_field("/method", "请写明评估方法：LS、LEC 或 custom。")
    try:
        return grade(method, factors, _profile(actor, profile) if profile else None)
    except GradingError as error:
        pointer = f"/factors/{error.factor}" if error.factor else _POINTERS.get(error.code, "/factors")
        raise invalid_field(pointer, str(error), code=error.code) from None


_POINTERS = {"unknown_method": "/method", "unknown_profile": "/profile", "method_mismatch": "/profile"}


def _profile(actor: Actor, name: str) -> str | Profile:
    own = session().scalar(
        select(EnterpriseProfile).where(
            EnterpriseProfile.enterprise_id == actor.enterprise, EnterpriseProfile.name == name
        )
    )
    return load_profile(own.document) if own else name


def _computed(graded: Grade | None) -> dict[str, Any]:
    if graded is None:
        return {"factors": {}}
    return {
        "method": graded.method,
        "profile": graded.profile,
        "factors": {name: str(value) for name, value in graded.factors.items()},
        "score": graded.score,
        "computed_level": graded.level,
        "level_name": graded.level_name,
    }


def _current(source: HazardSource) -> dict[Basis, Assessment]:
    found = session().scalars(
        select(Assessment).where(
            Assessment.enterprise_id == source.enterprise_id,
            Assessment.source_id == source.id,
            Assessment.superseded_at.is_(None),
        )
    )
    return {assessment.basis: assessment for assessment in found}


def _settle_source(source: HazardSource, current: Mapping[Basis, Assessment]) -> None:
    """A direct judgement on either basis binds both; else residual is never above inherent."""
    if any(assessment.direct_reason for assessment in current.values()):
        source.inherent_level = source.residual_level = RiskLevel.RED
        return
    inherent, residual = current.get(Basis.INHERENT), current.get(Basis.RESIDUAL)
    if inherent and residual and residual.level.order < inherent.level.order:
        raise Invalid(
            f"现状风险（{residual.level.label}）不能高于固有风险（{inherent.level.label}）。"
            "请先按“假定没有管控措施”重新评估固有风险。",
            code="residual_above_inherent",
        )
    source.inherent_level = inherent.level if inherent else None
    source.residual_level = residual.level if residual else None
