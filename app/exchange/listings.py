"""Lists people take away: the ledger of hidden hazards, and everything the enterprise looks at (一企一清单).

Their rows are those of the printed ledgers; here they stream, so that a long list takes no room.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from app.core.actor import Actor
from app.core.clock import today
from app.core.db import session
from app.enterprises.service import own_enterprise
from app.hidden_hazards.models import HiddenHazard
from app.hidden_hazards.searching import list_hazards
from app.inspections.checklists import list_enterprise_items
from app.printing import check_ledger, hazard_ledger
from app.printing.gather_ledgers import check_row, hazard_rows, own_names
from app.printing.ruled_tables import Column, workbook_columns
from app.printing.workbooks import Rows, Table
from app.risks.models import RiskPoint
from app.risks.points import of_own_units

AT_ONCE = 500  # rows fetched together


def hazard_listing(actor: Actor, **filters: Any) -> Table:
    """隐患治理台账: the hidden hazards a filter chooses, newest first; a leader's are of his own units."""
    statement = list_hazards(actor, **filters)
    if actor.role == "leader":
        own = of_own_units(actor, select(RiskPoint).where(RiskPoint.enterprise_id == actor.enterprise))
        statement = statement.where(HiddenHazard.point_id.in_(own.with_only_columns(RiskPoint.id)))
    found = session().scalars(statement.execution_options(yield_per=AT_ONCE))
    rows = (row.texts(number) for number, row in enumerate(hazard_rows(found, own_names(actor)), start=1))
    return _table(actor, hazard_ledger.TITLE, hazard_ledger.COLUMNS, rows)


def enterprise_checklist(actor: Actor, **filters: Any) -> Table:
    """一企一清单: every item in force, field and management halves."""
    found = session().scalars(list_enterprise_items(actor, **filters).execution_options(yield_per=AT_ONCE))
    rows = (check_row(row).texts(number) for number, row in enumerate(found, start=1))
    return _table(actor, check_ledger.TITLE, check_ledger.COLUMNS, rows)


def _table(actor: Actor, title: str, columns: Sequence[Column], rows: Rows) -> Table:
    note = f"{own_enterprise(actor).name}  导出日期：{today().isoformat()}"
    return Table(title, note, workbook_columns(columns), rows)
