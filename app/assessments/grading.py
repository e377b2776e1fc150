"""Assessing a hazard source: by a profile, or judged directly with its reason; history is never rewritten."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from app.assessments.models import Assessment, Basis, Occasion
from app.assessments.profiles import find_profile
from app.core import events
from app.core.actor import Actor
from app.core.clock import now, today
from app.core.db import session
from app.core.errors import Invalid, invalid_field
from app.core.ids import new_id
from app.risks import levels
from app.risks.models import HazardSource
from app.risks.points import touch
from app.risks.rules import rules_of
from app.risks.sources import list_sources, point_of, workable_source
from risk_models import Grade, GradingError, RiskLevel, grade, worst_of


def assess(
    actor: Actor,
    *,
    source_id: UUID,
    basis: Basis,
    method: str | None = None,
    factors: Mapping[str, Any] | None = None,
    profile: str | None = None,
    dimensions: Mapping[str, Mapping[str, Any]] | None = None,
    direct_reason: str | None = None,
    note: str = "",
    occasion: Occasion = Occasion.FIRST,
    assessed_on: date | None = None,
) -> Assessment:
    """Assess a source, superseding its last assessment on the same basis, and carry the level upward.

    `dimensions` are the scores a factor is the worst of; that factor may be left out. `assessed_on` is the day it was
    judged, today where not given. Raises Invalid for factors or dimensions the profile refuses, for neither factors nor
    a direct reason, for a day to come, and for a residual level above the inherent one.
    """
    source = workable_source(actor, source_id, field="/hazard_source_id")
    if factors is None and not dimensions and direct_reason is None:
        raise invalid_field("/factors", "请给出评估因素，或写明直接判定为重大风险的理由。")
    if assessed_on and assessed_on > today():
        raise invalid_field("/assessed_on", "评估日期不能晚于今天。")
    graded: Grade | None = None
    scores: Scores = {}
    if factors is not None or dimensions:
        graded, scores = _graded(actor, method, factors or {}, profile, dimensions or {})
    assessment = Assessment(
        enterprise_id=actor.enterprise, id=new_id(), source_id=source_id, basis=basis, note=note,
        direct_reason=direct_reason, occasion=occasion, assessed_on=assessed_on or today(), assessor_id=actor.id,
        dimensions=scores, **computed(graded),
        level=RiskLevel.RED if direct_reason else graded.level if graded else RiskLevel.RED,
    )  # fmt: skip
    current = _current(source)
    if basis in current:
        _must_not_be_earlier(current[basis], assessment)
        current[basis].superseded_at = now()
    settle_source(source, {**current, basis: assessment})
    session().add(assessment)
    session().flush()
    data = {"source_id": str(source_id), "basis": basis, "level": assessment.level, "profile": assessment.profile}
    events.append(actor.enterprise, "source.assessed", assessment.id, actor_id=actor.id, data=data)
    point = point_of(source)
    touch([point])
    levels.settle(actor, [point], because=f"评估危险源 {source.code}：{basis.label}为{assessment.level.label}")
    return assessment


def _must_not_be_earlier(last: Assessment, assessment: Assessment) -> None:
    if assessment.assessed_on < last.assessed_on:
        raise invalid_field(
            "/assessed_on", f"评估日期不能早于现行评估的日期 {last.assessed_on:%Y-%m-%d}；补录更早的评估没有意义。"
        )


def list_assessments(actor: Actor, *, source_id: UUID | None = None, history: bool = False) -> Select[Assessment]:
    """The assessments in force, of the sources in use or of one; with `history` all there ever were; oldest first."""
    statement = select(Assessment).where(Assessment.enterprise_id == actor.enterprise)
    if source_id:
        statement = statement.where(Assessment.source_id == source_id)
    elif not history:
        used = list_sources(actor).order_by(None).with_only_columns(HazardSource.id)
        statement = statement.where(Assessment.source_id.in_(used))
    if not history:
        statement = statement.where(Assessment.superseded_at.is_(None))
    return statement.order_by(Assessment.assessed_at, Assessment.id)


Scores = dict[str, dict[str, str]]  # of dimensions, by factor, as the scale writes them


def _graded(
    actor: Actor,
    method: str | None,
    factors: Mapping[str, Any],
    profile: str | None,
    dimensions: Mapping[str, Mapping[str, Any]],
) -> tuple[Grade, Scores]:
    if method is None:
        raise invalid_field("/method", "请写明评估方法：LS、LEC 或 custom。")
    part = "dimensions"
    try:
        named = profile or rules_of(actor.enterprise).profile_of(method)
        table = find_profile(actor, named) if named else None
        worst = {factor: worst_of(factor, scores, method, table) for factor, scores in dimensions.items()}
        part = "factors"
        graded = grade(method, {**worst, **factors}, table)
    except GradingError as error:
        pointer = f"/{part}/{error.factor}" if error.factor else _POINTERS.get(error.code, f"/{part}")
        raise invalid_field(pointer, str(error), code=error.code) from None
    _check_agreement(graded, worst)
    return graded, {
        factor: {name: str(worst_of(factor, {name: score}, method, table)) for name, score in scores.items()}
        for factor, scores in dimensions.items()
    }


def _check_agreement(graded: Grade, worst: Mapping[str, Decimal]) -> None:
    """A factor that is given beside its dimensions is the worst of them."""
    for factor, value in worst.items():
        if graded.factors[factor] != value:
            detail = f"因素 {factor} 填了 {graded.factors[factor]}，而各方面取值中最高的是 {value}，请改为一致或不填。"
            raise invalid_field(f"/factors/{factor}", detail, code="not_the_worst")


_POINTERS = {"unknown_method": "/method", "unknown_profile": "/profile", "method_mismatch": "/profile"}


def computed(graded: Grade | None) -> dict[str, Any]:
    """The columns of an assessment that a grade fills; without one, no factors."""
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


def settle_source(source: HazardSource, current: Mapping[Basis, Assessment]) -> None:
    """Bring what a source keeps of its assessments up to date; see `settled`."""
    for name, value in settled(current).items():
        setattr(source, name, value)


def settled(current: Mapping[Basis, Any]) -> dict[str, Any]:
    """What a source keeps of its assessments in force: its levels, and the day of the older one.

    Who assesses again renews both bases, or the source stays due. Raises Invalid for a residual level above the
    inherent one, or a residual score above the inherent score by the same table.
    """
    levels_of = {basis: assessment.level for basis, assessment in current.items()}
    direct = any(assessment.direct_reason for assessment in current.values())
    inherent, residual = bound(levels_of.get(Basis.INHERENT), levels_of.get(Basis.RESIDUAL), direct=direct)
    if inherent and residual and (above_inherent(inherent, residual) or (not direct and _scores_above(current))):
        told = [f"{one.level.label}{'' if one.score is None else f'，{one.score} 分'}" for one in _both(current)]
        raise Invalid(
            f"现状风险（{told[1]}）不能高于固有风险（{told[0]}）。请先按“假定没有管控措施”重新评估固有风险。",
            code="residual_above_inherent",
        )
    assessed_on = min(assessment.assessed_on for assessment in current.values())
    return {"inherent_level": inherent, "residual_level": residual, "assessed_on": assessed_on}


def _both(current: Mapping[Basis, Any]) -> tuple[Any, Any]:
    return current[Basis.INHERENT], current[Basis.RESIDUAL]


def _scores_above(current: Mapping[Basis, Any]) -> bool:
    """Whether the residual score is above the inherent one by the same table, though their colours may be equal."""
    inherent, residual = _both(current)
    if None in (inherent.score, residual.score) or inherent.profile != residual.profile:
        return False
    return bool(residual.score > inherent.score)


def bound(
    inherent: RiskLevel | None, residual: RiskLevel | None, *, direct: bool
) -> tuple[RiskLevel | None, RiskLevel | None]:
    """The inherent and residual level of a source: a direct judgement on either basis binds both to red."""
    return (RiskLevel.RED, RiskLevel.RED) if direct else (inherent, residual)


def above_inherent(inherent: RiskLevel | None, residual: RiskLevel | None) -> bool:
    """Whether a residual level stands above the inherent one, which no measure can have brought about."""
    return bool(inherent and residual and residual.order < inherent.order)
