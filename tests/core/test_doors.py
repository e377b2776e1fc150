"""The doors to the database: what a block leaves behind, and what it cannot."""

from flask import Flask
from sqlalchemy import func, select

from app.core.db import asking, insert_rows, reading, writing
from app.core.paging import page_of
from app.enterprises.models import Region
from tests.world import World


def _regions() -> int:
    with reading() as session:
        return session.execute(select(func.count()).select_from(Region)).scalar_one()


def test_asking_and_reading_write_nothing(app: Flask) -> None:
    with asking() as session:
        session.add(Region(code="21", name="某省"))
        assert session.scalars(select(Region)).all() == []
    with reading() as session:
        session.add(Region(code="21", name="某省"))
        session.flush()
    assert _regions() == 0


def test_after_asking_a_write_is_whole_again(app: Flask) -> None:
    with asking() as session:
        session.scalars(select(Region)).all()
    try:
        with writing() as session:
            session.add(Region(code="21", name="某省"))
            session.flush()
            raise LookupError
    except LookupError:
        assert _regions() == 0


def test_rows_of_unlike_values_go_in_together(app: Flask) -> None:
    with writing():
        insert_rows(Region, [{"code": f"21{number:02}", "name": f"第{number}市"} for number in range(30)])
    assert _regions() == 30


def test_a_page_says_how_many_there_are_in_all(world: World) -> None:
    statement = select(Region).order_by(Region.code)
    with reading():
        first = page_of(statement, page=1, page_size=2)
        past = page_of(statement, page=9, page_size=2)
        none = page_of(statement.where(Region.code == "99"), page=1, page_size=2)
    assert ([region.code for region in first["items"]], first["total"]) == (["219901", "219901101"], 3)
    assert (past["items"], past["total"]) == ([], 3)
    assert (none["items"], none["total"]) == ([], 0)
