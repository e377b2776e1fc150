"""What may be asked of signals: which there are, and those about some records. They are written by `settling` alone."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Select, select

from app.core.actor import Actor
from app.core.db import session
from app.signals.models import Signal
from app.signals.terms import SignalKind


def list_signals(
    actor: Actor,
    *,
    kind: SignalKind | None = None,
    subject_id: UUID | None = None,
    person_id: UUID | None = None,
) -> Select[Signal]:
    """The signals of the enterprise, the newest first."""
    statement = select(Signal).where(Signal.enterprise_id == actor.enterprise)
    for column, value in ((Signal.kind, kind), (Signal.subject_id, subject_id), (Signal.person_id, person_id)):
        if value is not None:
            statement = statement.where(column == value)
    return statement.order_by(Signal.at.desc(), Signal.id.desc())


def signals_of(actor: Actor, subject_ids: Collection[UUID]) -> dict[UUID, list[Signal]]:
    """What was noticed about each of these records, the oldest first; one query for all.

    Nothing for those who may not see signals: a page may ask for anyone.
    """
    found: dict[UUID, list[Signal]] = defaultdict(list)
    if actor.may("signal:see"):
        about = select(Signal).where(Signal.enterprise_id == actor.enterprise, Signal.subject_id.in_(subject_ids))
        for signal in session().scalars(about.order_by(Signal.at, Signal.id)):
            found[signal.subject_id].append(signal)
    return found
