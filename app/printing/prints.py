"""What was printed: which version, whether it still holds, and since when not.

A print is compared with what its subject says at the moment somebody reads: the stored hash of what it said beside the
hash of what it would say now. Nothing has to be told that something changed, so nothing can be forgotten.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, is_dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Select, insert, or_, select
from sqlalchemy.orm import aliased

from app.accounts.models import User
from app.core.actor import Actor, system
from app.core.canonical import digest
from app.core.db import batched, session
from app.core.errors import NotFound
from app.core.events import Event
from app.core.installation import settings
from app.enterprises.models import Enterprise
from app.printing.catalogue import CATALOGUE, Kind
from app.printing.models import Print, PrintKind
from qr import address, is_token

CHECK_PATH = "P"
AN_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ON_NO_PAPER = ("print.", "briefing.", "reward.", "signal.", "channel.", "message.", "review.", "public_report.")
AT_ONCE = 500  # subjects named in one query


class Standing(StrEnum):
    """Whether a print still says what is so."""

    CURRENT = "current"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return {"current": "现行有效", "superseded": "已过期", "withdrawn": "已停用"}[self.value]


@dataclass(frozen=True)
class Judged:
    """A print with how it stands; `since` is the earliest moment at which what it says can have changed."""

    print: Print
    standing: Standing
    since: datetime | None


@dataclass(frozen=True)
class Checked:
    """What scanning the check symbol tells anyone: no more than the paper says of itself."""

    kind: PrintKind
    title: str
    enterprise: str
    version: int
    newest_version: int
    check_code: str
    printed_at: datetime
    standing: Standing
    since: datetime | None


def check_code(token: str) -> str:
    """The check code for the eye: the first of the token, as in 7KQ2-M4XD."""
    return f"{token[:4]}-{token[4:8]}"


def check_address(token: str) -> str:
    """What the check symbol of a print says."""
    return address(settings().public_host, token, path=CHECK_PATH)


def content_of(document: Any) -> str:
    """The hash of all a document says."""
    return digest(plain(document))


def plain(document: Any) -> Any:
    """A document as JSON holds it."""
    return asdict(document) if is_dataclass(document) and not isinstance(document, type) else document


def next_version(before: tuple[int, str] | None, content: str) -> int:
    """The version a print of this content bears: that of the last print, or the next when it says something else."""
    if before is None:
        return 1
    return before[0] + (before[1] != content)


def last_printed(actor: Actor, kind: PrintKind, subjects: Sequence[str]) -> dict[str, tuple[int, str]]:
    """Version and content each subject was printed with last; one never printed is not among them."""
    found: dict[str, tuple[int, str]] = {}
    for start in range(0, len(subjects), AT_ONCE):
        rows = session().execute(
            select(Print.subject, Print.version, Print.content)
            .where(
                Print.enterprise_id == actor.enterprise,
                Print.kind == kind,
                Print.subject.in_(subjects[start : start + AT_ONCE]),
            )
            .order_by(Print.version)
        )
        found.update({row.subject: (row.version, row.content) for row in rows})
    return found


def keep(rows: list[dict[str, Any]]) -> None:
    """Write down what left, in one statement."""
    session().execute(insert(Print), rows)


def list_prints(actor: Actor, *, kind: PrintKind | None = None, subject: str | None = None) -> Select[Print]:
    """What was printed, newest first; who has no more than units of his own sees what he printed himself."""
    statement = select(Print).where(Print.enterprise_id == actor.enterprise)
    if actor.role == "leader":
        statement = statement.where(Print.printed_by == actor.id)
    if kind:
        statement = statement.where(Print.kind == kind)
    if subject:
        statement = statement.where(Print.subject == subject)
    return statement.order_by(Print.printed_at.desc(), Print.id.desc())


def outdated(actor: Actor, kind: Kind) -> list[Judged]:
    """The newest print of each subject that says no more what is so, by title: what hangs there is to be replaced.

    What an office printed for itself hangs nowhere, and does not stand for what does.
    """
    newer = aliased(Print)
    newest = list_prints(actor, kind=kind.kind).where(
        ~select(newer.id)
        .where(
            newer.enterprise_id == Print.enterprise_id,
            newer.kind == Print.kind,
            newer.subject == Print.subject,
            newer.printed_by.in_(_own_people(actor)),
            or_(newer.printed_at > Print.printed_at, (newer.printed_at == Print.printed_at) & (newer.id > Print.id)),
        )
        .exists(),
        Print.printed_by.in_(_own_people(actor)),
    )
    judged = judge(actor, list(session().scalars(newest.order_by(None).order_by(Print.title, Print.id))))
    return [one for one in judged if one.standing is not Standing.CURRENT]


def _own_people(actor: Actor) -> Select[UUID]:
    return select(User.id).where(User.enterprise_id == actor.enterprise)


def outdated_subjects(actor: Actor, kind: Kind) -> list[str]:
    """What of a kind is to be printed again."""
    return [one.print.subject for one in outdated(actor, kind) if one.standing is Standing.SUPERSEDED]


def judge(actor: Actor, printed: Sequence[Print]) -> list[Judged]:
    """How prints stand now, in their order; the queries grow with the kinds among them, not with the prints."""
    standings: dict[UUID, tuple[Standing, datetime | None]] = {}
    for kind in dict.fromkeys(one.kind for one in printed):
        of_kind = [one for one in printed if one.kind is kind]
        standings |= _judge(actor, CATALOGUE[kind], of_kind)
    return [Judged(one, *standings[one.id]) for one in printed]


def check(token: str) -> Checked:
    """What anyone may know of a print whose symbol they scan. Raises NotFound, as for a code never made."""
    printed = session().scalar(select(Print).where(Print.token == token)) if is_token(token) else None
    if printed is None:
        raise NotFound("没有这张打印件的记录：编号不完整，或者不是本系统打印的。请以现场张贴的二维码为准。")
    (judged,) = judge(system(printed.enterprise_id), [printed])
    newest, _ = last_printed(system(printed.enterprise_id), printed.kind, [printed.subject])[printed.subject]
    return Checked(
        kind=printed.kind,
        title=printed.title,
        enterprise=session().get_one(Enterprise, printed.enterprise_id).name,
        version=printed.version,
        newest_version=newest,
        check_code=check_code(printed.token),
        printed_at=printed.printed_at,
        standing=judged.standing,
        since=judged.since,
    )


def _judge(actor: Actor, kind: Kind, printed: Sequence[Print]) -> dict[UUID, tuple[Standing, datetime | None]]:
    subjects = list(dict.fromkeys(one.subject for one in printed))
    says = {subject: content_of(one.document) for subject, one in kind.says(actor, subjects).items()}
    old = [one for one in printed if says.get(one.subject) != one.content]
    since = _changed_at(actor, kind, old)
    return {
        one.id: (
            (Standing.CURRENT, None)
            if says.get(one.subject) == one.content
            else (Standing.SUPERSEDED if one.subject in says else Standing.WITHDRAWN, since.get(one.id))
        )
        for one in printed
    }


def _changed_at(actor: Actor, kind: Kind, printed: Sequence[Print]) -> dict[UUID, datetime]:
    """The earliest moment at which each of these can have ceased to hold: the first event, after it was printed, that
    concerns its subject; where none is known to, the first that can change anything on paper. Never too late.
    """
    if not printed:
        return {}
    rows = select(Event.seq, Event.at, Event.subject_id).where(
        Event.enterprise_id == actor.enterprise, Event.seq > min(one.seq for one in printed)
    )
    concerns: dict[str, set[UUID]] = {}
    for subjects in batched({one.subject for one in printed} if kind.concerns else (), AT_ONCE):
        concerns |= kind.concerns(actor, subjects) if kind.concerns else {}
    wanted = {subject_id for ids in concerns.values() for subject_id in ids} | {
        i for one in printed for i in _named(one)
    }
    happened = _events_of(rows, wanted)
    firsts: dict[int, datetime | None] = {}  # by the ledger's number a print was made from
    found = {}
    for one in printed:
        own = [
            row
            for each in {*concerns.get(one.subject, ()), *_named(one)}
            for row in happened.get(each, ())
            if row.seq > one.seq
        ]
        if own:
            found[one.id] = min(own, key=lambda row: row.seq).at
            continue
        if one.seq not in firsts:
            firsts[one.seq] = _first_of_any(actor, one.seq)
        if at := firsts[one.seq]:
            found[one.id] = at
    return found


def _named(printed: Print) -> set[UUID]:
    """What a subject that is an id names: it may be gone, and then nothing else knows of it."""
    return {UUID(printed.subject)} if AN_ID.fullmatch(printed.subject) else set()


def _first_of_any(actor: Actor, seq: int) -> datetime | None:
    """When the first event after a number of the ledger happened that can have changed what is on paper."""
    return session().scalar(
        select(Event.at)
        .where(
            Event.enterprise_id == actor.enterprise,
            Event.seq > seq,
            *(~Event.kind.startswith(beginning, autoescape=True) for beginning in ON_NO_PAPER),
        )
        .order_by(Event.seq)
        .limit(1)
    )


def _events_of(rows: Select[int, datetime, UUID], subject_ids: Iterable[UUID]) -> dict[UUID, list[Any]]:
    """The events of these subjects, some hundred named in each query."""
    ordered, happened = sorted(subject_ids), dict[UUID, list[Any]]()
    for start in range(0, len(ordered), AT_ONCE):
        for row in session().execute(rows.where(Event.subject_id.in_(ordered[start : start + AT_ONCE]))):
            happened.setdefault(row.subject_id, []).append(row)
    return happened
