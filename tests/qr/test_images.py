import io
from xml.etree import ElementTree

import pytest
import zxingcpp
from PIL import Image

from qr import address, new_token, png, svg, symbol

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def one():
    return symbol(address("safety.example.cn", new_token()))


def opened(data):
    return Image.open(io.BytesIO(data))


def test_a_png_is_read_back_and_has_four_modules_of_quiet_zone(one):
    picture = opened(png(one, 8))
    assert picture.mode == "1"
    assert picture.size == ((one.size + 8) * 8,) * 2
    assert [found.text for found in zxingcpp.read_barcodes(picture.convert("L"))] == [one.text]
    dark = picture.convert("L").point(lambda value: 255 - value).getbbox()
    assert dark == (32, 32, (one.size + 4) * 8, (one.size + 4) * 8)


def test_a_module_is_at_least_one_pixel(one):
    assert opened(png(one, 1)).size == (one.size + 8, one.size + 8)
    with pytest.raises(ValueError, match="像素"):
        png(one, 0)


def test_an_svg_draws_every_dark_module_and_no_other(one):
    root = ElementTree.fromstring(svg(one, 30))  # noqa: S314 the document is our own
    assert (root.get("width"), root.get("height")) == ("30mm", "30mm")
    assert root.get("viewBox") == f"0 0 {one.size + 8} {one.size + 8}"
    drawn = bytearray(one.size**2)
    for run in root.find(f"{SVG}path").get("d").split("z")[:-1]:
        corner, rest = run.removeprefix("M").split("h", 1)
        x, y = map(int, corner.split())
        for column in range(x - 4, x - 4 + int(rest.split("v")[0])):
            drawn[(y - 4) * one.size + column] = 1
    assert bytes(drawn) == one.modules


def test_text_in_an_svg_is_escaped():
    text = '<script>"&</script>'
    root = ElementTree.fromstring(svg(symbol(text)))  # noqa: S314 the document is our own
    assert root.find(f"{SVG}title").text == text
    assert root.find(f".//{SVG}script") is None
