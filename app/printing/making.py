"""How an order becomes a file and, document by document, prints that can be checked.

It is gathered in one moment, drawn outside any transaction, and what left is written in one: so a job that is killed is
done again, and nothing is printed twice.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from time import monotonic
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.briefings.content import told_of
from app.briefings.models import Cause
from app.briefings.service import Asked, ask_many
from app.core import events
from app.core.actor import Actor
from app.core.canonical import digest
from app.core.clock import now, today
from app.core.db import AT_ONCE, batched, session
from app.core.errors import Conflict, Invalid
from app.core.events import Ledger
from app.core.ids import new_id
from app.core.jobs import Run
from app.printing import prints
from app.printing.catalogue import CATALOGUE, Format, Kind, Prepared
from app.printing.glyphs import unprintable
from app.printing.models import PrintOrder
from app.printing.orders import forget_file, keep_file
from app.printing.stamp import Stamp
from app.risks.models import RiskPoint
from qr import new_token

TOLD_EVERY = 0.5  # seconds
MOST_TRIES = 3  # at an order whose subjects others print meanwhile
MOST_WARNINGS = 200


def make(run: Run) -> dict[str, Any]:
    """Make what an order asks for: gather, draw, keep the file, and only then write what left."""
    for _ in range(MOST_TRIES):
        with run.reading() as actor:
            making = _begin(actor, UUID(run.asked["order_id"]))
        if making is None:
            return {}
        content = making.kind.draws[making.format](making.told_to(run), making.options)
        run.tell("正在保存", making.total, making.total)
        sha256 = keep_file(run.actor.enterprise, making.order_id, content)
        with run.writing() as actor:
            run.still_wanted()
            if making.record(actor, sha256, len(content)):
                return {}
        forget_file(run.actor.enterprise, making.order_id, sha256)
    raise Conflict("同一内容正在被别人反复打印，请稍后重试。", code="printed_meanwhile")


@dataclass(frozen=True)
class _Making:
    """An order while it is made: the documents as they stood at one moment, each with its stamp."""

    order_id: UUID
    kind: Kind
    format: Format
    options: dict[str, Any]
    prepared: dict[str, Prepared]
    contents: dict[str, str]
    stamps: dict[str, Stamp]
    tokens: dict[str, str]
    before: dict[str, tuple[int, str]]  # version and content each subject was printed with last
    told: dict[UUID, dict[str, Any]]  # what the people of each point are told, as the cards say it
    warnings: list[dict[str, str]]
    seq: int

    @property
    def total(self) -> int:
        return len(self.prepared)

    def told_to(self, run: Run) -> Iterator[tuple[Any, Stamp]]:
        """The documents one by one, telling how far it has come now and then."""
        told_at = 0.0
        for number, (subject, one) in enumerate(self.prepared.items()):
            if monotonic() - told_at >= TOLD_EVERY:
                run.tell("正在绘制", number, self.total)
                told_at = monotonic()
            yield one.document, self.stamps[subject]

    def record(self, actor: Actor, sha256: str, size: int) -> bool:
        """Write what was made; false when someone printed the same meanwhile, so that versions must be counted anew."""
        made = session().get_one(PrintOrder, (actor.enterprise, self.order_id), populate_existing=True)
        if made.made_at:
            return True
        kept = {subject: one for subject, one in self.prepared.items() if self.kind.keeps(one.document)}
        if kept:
            if prints.last_printed(actor, self.kind.kind, list(kept)) != self.before:
                return False
            prints.keep(self._rows(actor, made, kept))
            if self.told and not actor.is_of_office:
                self._ask_to_sign(actor)
        made.sha256, made.bytes, made.made_at, made.warnings = sha256, size, now(), self.warnings
        made.file_name = self._file_name()
        hashes = [self.contents[subject] for subject in self.prepared]
        data = {"kind": made.kind, "format": made.format, "documents": len(hashes), "contents": digest(hashes)}
        events.append(actor.enterprise, "print.made", made.id, actor_id=actor.id, data=data)
        return True

    def _rows(self, actor: Actor, made: PrintOrder, kept: dict[str, Prepared]) -> list[dict[str, Any]]:
        at = now()
        return [
            {
                "enterprise_id": actor.enterprise, "id": new_id(), "order_id": made.id, "kind": made.kind,
                "subject": subject, "title": one.title[:200], "version": self.stamps[subject].version,
                "content": self.contents[subject], "token": self.tokens[subject], "seq": self.seq,
                "printed_by": actor.id, "printed_at": at,
            }
            for subject, one in kept.items()
        ]  # fmt: skip

    def _ask_to_sign(self, actor: Actor) -> None:
        """Let the people of each point sign that they were told; who was told the same is not asked again."""
        points = _points(actor, list(self.told))
        asked = [
            Asked(
                point=points[point_id],
                cause_key=f"{self.kind.kind}:{self.contents[str(point_id)]}",
                title=self.kind.kind.label,
                version=self.stamps[str(point_id)].version,
                told=told,
            )
            for point_id, told in self.told.items()
        ]
        ask_many(actor, asked, cause=Cause.NEW_CARD)

    def _file_name(self) -> str:
        label = "".join(filter(str.isalnum, self.kind.kind.label))
        titles = [one.title for one in self.prepared.values()]
        about = titles[0].removeprefix(self.kind.kind.label).strip() if len(titles) == 1 else f"{len(titles)}份"
        safe = "".join(character for character in about if character.isalnum() or character in "-_（）")[:60]
        return f"{label}-{safe}.{self.format}"


def _begin(actor: Actor, order_id: UUID) -> _Making | None:
    """Gather what an order says as it stands now; None when it is made already."""
    made = session().get_one(PrintOrder, (actor.enterprise, order_id))
    if made.made_at:
        return None
    kind = CATALOGUE[made.kind]
    actor.needs(kind.permission)
    gathered = kind.says(actor, made.subjects)
    prepared = {subject: gathered[subject] for subject in made.subjects if subject in gathered}
    if not prepared:
        raise Invalid("所选内容已经不存在了，请重新选择。", code="nothing_selected")
    ledger = session().get(Ledger, actor.enterprise)
    seq = ledger.seq if ledger else 0
    plain_documents = {subject: prints.plain(one.document) for subject, one in prepared.items()}
    contents = {subject: digest(document) for subject, document in plain_documents.items()}
    kept = [subject for subject, one in prepared.items() if kind.keeps(one.document)]
    before = prints.last_printed(actor, kind.kind, kept)
    told: dict[UUID, dict[str, Any]] = {}
    if kind.told:
        told = told_of(actor, list(_points(actor, [UUID(subject) for subject in prepared]).values()))
    tokens = {subject: new_token() for subject in prepared}
    versions = {subject: prints.next_version(before.get(subject), contents[subject]) for subject in prepared}
    gone = len(made.subjects) - len(prepared)
    warnings = [{"title": "", "text": f"有 {gone} 份在排队期间已不存在，没有打印。"}] if gone else []
    warnings += _warnings(kind, made, prepared, plain_documents)
    return _Making(
        order_id, kind, Format(made.format), made.asked, prepared, contents,
        {subject: _stamp(tokens[subject], versions[subject], seq) for subject in prepared},
        tokens, before, told, warnings[:MOST_WARNINGS], seq,
    )  # fmt: skip


def _warnings(
    kind: Kind, made: PrintOrder, prepared: dict[str, Prepared], documents: dict[str, Any]
) -> list[dict[str, str]]:
    """What whoever ordered should look at; the same said of many documents is said once."""
    said: dict[str, list[str]] = {}
    for subject, one in prepared.items():
        texts = list(kind.warns(one.document, made.asked)) if kind.warns else []
        if made.format in (Format.PDF, Format.SVG):  # the others are shown in the reader's own typefaces
            texts += unprintable(documents[subject])
        for text in texts:
            said.setdefault(text, []).append(one.title)
    return [
        {"title": titles[0] if len(titles) == 1 else f"{titles[0]} 等 {len(titles)} 份", "text": text}
        for text, titles in said.items()
    ]


def _stamp(token: str, version: int, seq: int) -> Stamp:
    return Stamp(
        version=version, printed_on=today(), seq=seq, code=prints.check_code(token),
        address=prints.check_address(token),
    )  # fmt: skip


def _points(actor: Actor, point_ids: list[UUID]) -> dict[UUID, RiskPoint]:
    found: dict[UUID, RiskPoint] = {}
    for ids in batched(point_ids, AT_ONCE):
        chosen = select(RiskPoint).where(RiskPoint.enterprise_id == actor.enterprise, RiskPoint.id.in_(ids))
        found |= {point.id: point for point in session().scalars(chosen)}
    return found
