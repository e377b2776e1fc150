from base64 import b64decode
from io import BytesIO
from xml.etree import ElementTree

import pytest
from PIL import Image

from app.printing.four_colour_map import four_colour_maps_svg, map_for_screen
from app.printing.map_content import MapPoint, ZoneShape
from app.printing.stamp import Look, Paper
from risk_models import RiskLevel

SVG = "{http://www.w3.org/2000/svg}"
A3 = Look(Paper.A3, landscape=True)
SQUARE = ((20, 20), (180, 20), (180, 130), (20, 130))


@pytest.fixture
def svg(stamp):
    """Draw a map as SVG and read it back."""

    def make(*contents, picture=None):
        drawn = four_colour_maps_svg([(content, stamp) for content in contents], A3, lambda content: picture)
        return ElementTree.fromstring(drawn)  # noqa: S314 - drawn here a moment ago

    return make


def texts(root):
    return ["".join(element.itertext()) for element in root.iter(f"{SVG}text")]


def test_the_svg_says_what_the_pdf_says_line_by_line(make_map, svg, printed_map):
    content = make_map(millimetres_per_unit=300)
    paper = printed_map(content)
    assert sorted("".join(texts(svg(content))).replace("　", "").replace(" ", "")) == sorted(paper.text)


def test_its_text_stands_where_it_stands_on_paper(make_map, svg, printed_map):
    content = make_map()
    paper = printed_map(content)
    height = paper.sizes[0][1]
    # On A3 nothing is larger or smaller, so points of the SVG are points of the paper.
    found = {"".join(e.itertext()): (float(e.get("x")), float(e.get("y"))) for e in svg(content).iter(f"{SVG}text")}
    x, y = found["FX-0002"]
    assert any(abs(left - x) < 2 and abs(height - bottom - y) < 4 for left, bottom, _, _ in paper.bounds[0])


def test_names_are_escaped_and_nothing_in_it_runs(make_map, stamp):
    awkward = "<script>alert(1)</script>&\"'"
    content = make_map(zones=(ZoneShape(awkward, SQUARE, None),), points=(MapPoint("A<B", awkward, None, 1, 1),))
    drawn = four_colour_maps_svg([(content, stamp)], A3, lambda content: None)
    assert b"<script" not in drawn
    root = ElementTree.fromstring(drawn)  # noqa: S314 - drawn here a moment ago
    assert any(awkward in "".join(texts(root)) for _ in (1,))
    names = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert names <= {"svg", "title", "g", "rect", "polygon", "path", "circle", "text", "image", "clipPath"}
    assert not any(name.startswith("on") or name == "style" for element in root.iter() for name in element.attrib)


def test_lines_are_as_wide_as_on_paper_whatever_the_typeface(make_map, svg):
    root = svg(make_map())
    assert "Microsoft YaHei" in root.get("font-family")
    long = [element for element in root.iter(f"{SVG}text") if len("".join(element.itertext())) > 1]
    assert long
    assert all(float(element.get("textLength")) > 0 for element in long)


def test_pages_stand_below_each_other_and_the_drawing_is_inside(make_map, svg):
    buffer = BytesIO()
    Image.new("RGB", (40, 30), "#808080").save(buffer, "PNG")
    root = svg(make_map(), make_map(), picture=buffer.getvalue())
    pages = root.findall(f"{SVG}svg")
    assert [float(page.get("y")) for page in pages] == [0, pytest.approx(A3.size[1], abs=0.1)]
    assert root.get("width") == "420mm"
    (image, _) = root.iter(f"{SVG}image")
    assert b64decode(image.get("href").partition("base64,")[2]) == buffer.getvalue()


def test_a_map_for_the_screen_says_that_it_is_no_print(make_map):
    root = ElementTree.fromstring(map_for_screen(make_map(), A3, lambda content: None))  # noqa: S314
    said = "".join(texts(root))
    assert "屏幕查看用" in said
    assert "查验码 " not in said


def test_zones_keep_their_colours(make_map, svg):
    fills = {element.get("fill") for element in svg(make_map()).iter(f"{SVG}polygon")}
    assert {RiskLevel.RED.colour, RiskLevel.BLUE.colour} <= fills
