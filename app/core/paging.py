"""A page of a long list: ordered to the end, so that no row is shown twice or never."""

from typing import Any

from sqlalchemy import Select, func, select

from app.core.db import session


def page_of(statement: Select[Any], *, page: int, page_size: int) -> dict[str, Any]:
    """One page of an ordered select of one entity: items, page (from 1), page_size (1–100), total."""
    rows = list(session().scalars(statement.limit(page_size).offset((page - 1) * page_size)))
    if len(rows) < page_size and (rows or page == 1):
        total = (page - 1) * page_size + len(rows)
    else:
        total = session().execute(select(func.count()).select_from(statement.order_by(None).subquery())).scalar_one()
    return {"items": rows, "page": page, "page_size": page_size, "total": total}
