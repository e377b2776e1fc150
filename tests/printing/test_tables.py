import pytest

from app.printing.tables import Row, flow


def lines(count, mark="行"):
    return [f"{mark}{n}" for n in range(count)]


def flowed(rows, room=100.0):
    return flow(rows, lambda page: room, 10, 0)


def test_rows_fill_a_page_to_its_last_line_and_then_the_next():
    assert [len(page) for page in flowed([Row((lines(2),))] * 12)] == [5, 5, 2]


def test_a_row_moves_whole_when_it_is_no_higher_than_a_third_of_a_page():
    pages = flowed([Row((lines(8),)), Row((lines(3),))])
    assert [[row.lines for row in page] for page in pages] == [[8], [3]]


def test_a_higher_row_is_split_and_every_line_is_kept_in_order():
    pages = flowed([Row((lines(6),)), Row((lines(25),))])
    assert [[row.lines for row in page] for page in pages] == [[6, 4], [10], [10], [1]]
    assert [line for page in pages for row in page[-1:] for line in row.cells[0]] == lines(25)


def test_an_empty_cell_is_shown_again_at_the_top_of_a_page_and_only_there():
    rows = [Row((["点"] if not n else [], lines(4)), (["点"], ["…"]), n) for n in range(4)]
    pages = flowed(rows)
    assert [[bool(row.cells[0]) for row in page] for page in pages] == [[True, False, False], [True, False]]


@pytest.mark.parametrize("room", [3.0, 10.0, 45.0])
def test_a_flow_ends_however_little_room_there_is(room):
    pages = flowed([Row((lines(30), lines(17)), (["甲"], ["乙"]))], room)
    assert [line for page in pages for row in page for line in row.cells[0] if line != "甲"] == lines(30)
