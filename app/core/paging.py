"""A page of a long list: ordered to the end, so that no row is shown twice or never."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func

from app.core.db import session


def page_of(statement: Select[Any], *, page: int, page_size: int) -> dict[str, Any]:
    """One page of an ordered select of one entity: items, page (from 1), page_size (1–100), total.

    One query brings the rows and how many there are in all; only a page past the end has to count on its own.
    """
    counted = statement.with_only_columns(func.count(), maintain_column_froms=True).order_by(None)
    total = counted.correlate(None).scalar_subquery().label("total")
    rows = session().execute(statement.add_columns(total).limit(page_size).offset((page - 1) * page_size)).all()
    in_all = rows[0].total if rows else 0 if page == 1 else session().execute(counted).scalar_one()
    return {"items": [row[0] for row in rows], "page": page, "page_size": page_size, "total": in_all}


def page_of_list(items: Sequence[Any], *, page: int, page_size: int) -> dict[str, Any]:
    """One page of what stands in memory, as `page_of` gives one of a select."""
    start = (page - 1) * page_size
    return {"items": items[start : start + page_size], "page": page, "page_size": page_size, "total": len(items)}
