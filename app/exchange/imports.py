"""The two jobs of an import: to check a workbook, which writes nothing, and to write it, all of it or nothing."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.errors import Conflict
from app.core.events import lock_ledger
from app.core.jobs import Run
from app.exchange.applying import apply
from app.exchange.checking import check
from app.exchange.plan import Change, Outcome, Plan
from app.exchange.uploads import keep, kept
from app.exchange.workbook.marking import marked
from app.exchange.workbook.reading import read_ledger
from app.exchange.workbook.sheet import Field, Ledger, Problem
from app.risks.zones import usable_zone

MOST_PROBLEMS = 200  # shown by the API; the marked workbook has them all
MOST_CHANGES = 50


def check_workbook(run: Run) -> dict[str, Any]:
    """Read a workbook and check it; nothing but the marked workbook is kept."""
    content, ledger = _read(run)
    with run.reading() as actor:
        plan = _checked(actor, ledger, run)
    sha256 = None
    if plan.problems:
        run.tell("标出问题", 70, 100)
        sha256 = keep(run.actor, marked(content, plan.problems))
    return {
        "layout": ledger.layout,
        "counts": plan.counts,
        "problems": [_shown(problem) for problem in plan.problems[:MOST_PROBLEMS]],
        "advice": [_shown(problem) for problem in plan.advice[:MOST_PROBLEMS]],
        "ignored": [f"{sheet}：{heading}" for sheet, headings in ledger.ignored.items() for heading in headings],
        "preview": _preview(plan),
        "marked": sha256,
    }


def apply_workbook(run: Run) -> dict[str, Any]:
    """Check a workbook again and write it; what happened since it was checked counts, up to the moment of writing."""
    _, ledger = _read(run)
    with run.reading() as actor:
        plan = _checked(actor, ledger, run)
    run.tell("写入台账", 60, 100)
    with run.writing() as actor:
        if lock_ledger(actor.enterprise).seq != plan.seq:
            plan = _checked(actor, ledger, run)
        if plan.problems:
            first = plan.problems[0]
            raise Conflict(
                f"核对之后台账有了变动，现有 {len(plan.problems)} 个问题，没有写入任何内容。"
                f"例如“{first.sheet}”第 {first.row} 行：{first.message}请重新上传核对。",
                code="has_problems",
            )
        apply(actor, plan, import_id=UUID(run.asked["import_id"]))
    return {"counts": plan.counts}


def _read(run: Run) -> tuple[bytes, Ledger]:
    run.tell("读取工作簿", 0, 100)
    content = kept(run.actor, run.asked["sha256"])
    ledger = read_ledger(content)
    run.tell("核对内容", 40, 100)
    return content, ledger


def _checked(actor: Actor, ledger: Ledger, run: Run) -> Plan:
    actor.needs("exchange:import")  # they may have been given another role since they asked
    zone_id = run.asked["zone_id"]
    if zone_id:
        usable_zone(actor, UUID(zone_id), field="/zone_id")
    return check(actor, ledger, zone_id=UUID(zone_id) if zone_id else None, profile=run.asked["profile"])


def _preview(plan: Plan) -> list[dict[str, Any]]:
    changing = (outcome for outcome in plan.outcomes if outcome.change is not Change.UNCHANGED)
    return [_change(outcome) for outcome, _ in zip(changing, range(MOST_CHANGES), strict=False)]


def _change(outcome: Outcome) -> dict[str, Any]:
    line = outcome.line
    return {
        "sheet": line.sheet,
        "row": line.row,
        "point": line.texts.get(Field.POINT, line.texts.get(Field.POINT_CODE, "")),
        "source": line.texts.get(Field.SOURCE, line.texts.get(Field.SOURCE_CODE, "")),
        "change": outcome.change.value,
        "change_label": outcome.change.label,
        "columns": [str(field) for field in outcome.fields],
    }


def _shown(problem: Problem) -> dict[str, Any]:
    return {**asdict(problem), "column": letters(problem.column)}


def letters(column: int) -> str:
    """A column as a spreadsheet names it, A for 1; empty for a whole row."""
    name = ""
    while column:
        column, place = divmod(column - 1, 26)
        name = chr(ord("A") + place) + name
    return name
