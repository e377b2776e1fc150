"""The ledgers, the yearly plan, closure certificates and rectification notices as kinds of prints."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from app.core.actor import Actor, system
from app.core.clock import today
from app.evidence.uploads import shown
from app.printing import check_ledger, gather_ledgers, hazard_ledger, ledger
from app.printing.catalogue import Format, Kind, Prepared, Stamped
from app.printing.choosing import subject_of
from app.printing.closing import certificates, closed_hazards
from app.printing.closure_certificate import closure_certificates
from app.printing.gather_notices import chosen_notices, concerned_by, notices
from app.printing.gather_plans import yearly_plans
from app.printing.models import PrintKind
from app.printing.notice_document import notice_document
from app.printing.rectification_notice import rectification_notices
from app.printing.ruled_tables import RuledTable, as_pdf, as_xlsx
from app.printing.stamp import Look, Paper
from app.printing.yearly_plan import plan_table

LEDGER_PAPERS = (Paper.A3, Paper.A4)
POINTS = frozenset({"zone_id", "level", "category", "unit_id"})
ITEMS = frozenset({"half", "zone_id", "unit_id"})
HAZARDS = frozenset({"state", "gravity", "overdue", "found_from", "found_until", "zone_id", "unit_id"})


def _ledger(
    kind: PrintKind,
    names: frozenset[str],
    gathered: Callable[[Actor, Sequence[str]], dict[str, Any]],
    table: Callable[[Any], RuledTable],
    *,
    for_workbooks: Callable[[Any], RuledTable] | None = None,
) -> Kind:
    """A ledger: chosen by these names, one document for all that is chosen."""

    def gather(actor: Actor, subjects: Sequence[str]) -> dict[str, Prepared]:
        said = gathered(actor, subjects)
        return {subject: Prepared(one.chosen or "全部", one) for subject, one in said.items()}

    return Kind(
        kind=kind,
        takes=names | {"paper"},
        papers=LEDGER_PAPERS,
        subjects=lambda actor, asked: [subject_of(actor, asked, names)],
        gather=gather,
        draws=_drawn(table, for_workbooks or table, paper=Paper.A3),
    )


def _drawn(
    table: Callable[[Any], RuledTable], for_workbooks: Callable[[Any], RuledTable], *, paper: Paper
) -> dict[Format, Callable[[Stamped, dict[str, Any]], bytes]]:
    """How what is a table is drawn: as PDF lying on a paper, and as a workbook."""

    def pdf(stamped: Stamped, options: dict[str, Any]) -> bytes:
        look = Look(Paper(options.get("paper") or paper), landscape=True)
        return as_pdf(((table(document), stamp) for document, stamp in stamped), look)

    def xlsx(stamped: Stamped, options: dict[str, Any]) -> bytes:
        return as_xlsx((for_workbooks(document), stamp) for document, stamp in stamped)

    return {Format.PDF: pdf, Format.XLSX: xlsx}


def _plans(actor: Actor, subjects: Sequence[str]) -> dict[str, Prepared]:
    said = yearly_plans(actor, [int(subject) for subject in subjects])
    return {str(year): Prepared(f"{year} 年", plan) for year, plan in said.items()}


def _closed(actor: Actor, asked: dict[str, Any]) -> list[str]:
    return [str(hazard.id) for hazard in closed_hazards(actor, asked.get("hidden_hazard_ids") or ())]


def _certificates(actor: Actor, subjects: Sequence[str]) -> dict[str, Prepared]:
    said = certificates(actor, [UUID(subject) for subject in subjects])
    return {subject: Prepared(said[key].code, said[key]) for subject in subjects if (key := UUID(subject)) in said}


def _notices(actor: Actor, subjects: Sequence[str]) -> dict[str, Prepared]:
    said = notices(actor, subjects)
    return {
        subject: Prepared(one.number, one)  # who is to rectify is named on the paper alone: a title outlives erasure
        for subject, one in said.items()
    }


def _picture(owner: UUID, sha256: str) -> bytes:
    """A photo of an enterprise as it may be shown; read when it is drawn, so that a batch holds none of them."""
    return shown(system(owner), sha256)


RISK_LEDGER = _ledger(PrintKind.RISK_LEDGER, POINTS, gather_ledgers.risk_ledgers, ledger.risk_table)
CHECK_LEDGER = _ledger(
    PrintKind.CHECK_LEDGER,
    ITEMS,
    gather_ledgers.check_ledgers,
    check_ledger.check_table,
)
HAZARD_LEDGER = _ledger(
    PrintKind.HAZARD_LEDGER,
    HAZARDS,
    gather_ledgers.hazard_ledgers,
    hazard_ledger.hazard_table,
    for_workbooks=lambda document: hazard_ledger.hazard_table(document, on_paper=False),
)
YEARLY_PLAN = Kind(
    kind=PrintKind.YEARLY_PLAN,
    takes=frozenset({"year", "paper"}),
    papers=(Paper.A4, Paper.A3),
    subjects=lambda actor, asked: [str(asked.get("year") or today().year)],
    gather=_plans,
    draws=_drawn(plan_table, plan_table, paper=Paper.A4),
)
CLOSURE_CERTIFICATE = Kind(
    kind=PrintKind.CLOSURE_CERTIFICATE,
    takes=frozenset({"hidden_hazard_ids"}),
    subjects=_closed,
    gather=_certificates,
    draws={Format.PDF: lambda stamped, options: closure_certificates(stamped, _picture)},
    concerns=lambda actor, subjects: {subject: {UUID(subject)} for subject in subjects},
    offered=False,
)
RECTIFICATION_NOTICE = Kind(
    kind=PrintKind.RECTIFICATION_NOTICE,
    takes=frozenset({"hidden_hazard_ids", "rectification_order_id"}),
    subjects=chosen_notices,
    gather=_notices,
    draws={
        Format.PDF: lambda stamped, options: rectification_notices(stamped, _picture),
        Format.DOCX: lambda stamped, options: notice_document(stamped, _picture),
    },
    concerns=concerned_by,
    offered=False,
)
KINDS = (RISK_LEDGER, CHECK_LEDGER, HAZARD_LEDGER, YEARLY_PLAN, CLOSURE_CERTIFICATE, RECTIFICATION_NOTICE)
