"""What somebody typed comes out of every door as it went in, escaped by whoever renders it."""

import html
import io

import openpyxl
import pypdfium2

from tests.printing.ordering import printed
from tests.web.phone import Phone
from tests.world import World, in_days

TYPED = '=HYPERLINK("http://x","点") <script>alert(\'1\')</script> &amp; </para><b>粗</b> ①℃ %s {{7*7}} 𠮷'
CONTROLS = ["\x00", "\x07", "\x1b[31m", "\x7f", "\ud800"]


def test_a_hidden_hazard_comes_out_of_json_page_print_and_workbook_as_it_was_typed(world: World) -> None:
    plant = world.plant
    hazard = plant.rectified(plant.report(description=TYPED))
    assert hazard["description"] == TYPED
    closed = plant.move(plant.manager, hazard, "accept", opinion=TYPED)
    assert closed.status_code == 201
    assert plant.manager.get(f"/hidden-hazards/{hazard['id']}").json["description"] == TYPED
    paper = printed(world.app, plant.manager, "closure_certificate", hidden_hazard_ids=[hazard["id"]])
    words = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(paper))
    assert _squeezed(TYPED.replace("𠮷", "")) in _squeezed(words).replace("𠮷", "")
    book = openpyxl.load_workbook(io.BytesIO(plant.manager.get("/hidden-hazard-ledger").data))
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row if cell.value == TYPED]
    assert [cell.data_type for cell in cells] == ["s"]


def test_control_characters_are_refused_and_nothing_is_kept(world: World) -> None:
    plant = world.plant
    for character in CONTROLS:
        body = {"id": "019a3c5e-7c1e-7000-8000-0000000000f1", "place": "东侧", "client_at": "2026-11-21T08:30:00+08:00"}
        answer = plant.worker.post("/hidden-hazards", {**body, "description": f"护栏{character}缺失"})
        assert answer.status_code in (400, 422), answer.text
    assert plant.manager.get("/hidden-hazards").json["total"] == 0


def test_a_page_shows_it_escaped(world: World) -> None:
    plant = world.plant
    graded = plant.move(plant.manager, plant.report(description=TYPED), "grade", gravity="general").json
    facts = {"rectifier_id": str(plant.worker.id), "deadline_at": in_days(7)}
    assert plant.move(plant.manager, graded, "assign", **facts).status_code == 201
    page = Phone(world.app, plant.worker).open(f"/rectify/{graded['id']}").text
    assert TYPED in html.unescape(page)
    assert TYPED not in page
    assert "<script>alert" not in page


def _squeezed(text: str) -> str:
    return "".join(text.split())
