"""What the tests of labels share: labels to print, pages as pictures, and what readers of codes make of them."""

import io
import random
from collections.abc import Iterator

import pypdfium2
import zxingcpp
from PIL import Image, ImageDraw, ImageFilter

from qr import Label, Stock, address, new_token, symbol
from qr.arrangement import arranged
from risk_models import RiskLevel

try:  # zbar is a Debian package (libzbar0); where it is missing, zxing-cpp reads alone
    from pyzbar.pyzbar import ZBarSymbol, decode
except ImportError:
    decode = None

MM = 72 / 25.4
NAMES = ["液氨储罐区", "氯化工艺反应釜 R-101", "3 号粮仓", "东区 35 kV 变电所（含油浸式变压器、高压配电柜）及电缆夹层"]
LEVELS = [*RiskLevel, None]
QUIET = 4


def labels(count: int) -> list[Label]:
    return [
        Label(
            text=address("safety.example.cn", new_token()),
            code=f"FX-{number:04}",
            name=NAMES[number % len(NAMES)],
            enterprise="青山县绿源精细化工有限公司",
            level=LEVELS[number % len(LEVELS)],
        )
        for number in range(1, count + 1)
    ]


def one_label(**changes: object) -> Label:
    usual = {"text": "A", "code": "FX-0001", "name": "液氨储罐区", "enterprise": "绿源化工", "level": RiskLevel.RED}
    return Label(**usual | changes)  # type: ignore[arg-type]


def pages(data: bytes) -> list[pypdfium2.PdfPage]:
    return list(pypdfium2.PdfDocument(data))


def text_of(data: bytes) -> str:
    return "\n".join(page.get_textpage().get_text_range() for page in pages(data))


def rendered(page: pypdfium2.PdfPage, dpi: int = 200) -> Image.Image:
    return page.render(scale=dpi / 72).to_pil().convert("L")


def read(picture: Image.Image) -> list[str]:
    return sorted(found.text for found in zxingcpp.read_barcodes(picture))


def read_by_zbar(picture: Image.Image) -> list[str]:
    return sorted(found.data.decode() for found in decode(picture, symbols=[ZBarSymbol.QRCODE]))


def one_by_one(picture: Image.Image, stock: Stock, count: int, dpi: int = 200) -> Iterator[Image.Image]:
    """Each label of a page as a phone is held over it."""
    px = dpi / 25.4
    width, height = stock.label
    for place in range(count):
        x, y = stock.corner(place)
        top = stock.page[1] - y - height
        yield picture.crop(tuple(round(edge * px) for edge in (x, top, x + width, top + height)))


def seen_by_a_phone(picture: Image.Image, angle: float) -> Image.Image:
    """The picture turned, and not quite sharp."""
    turned = picture.rotate(angle, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC)
    return turned.filter(ImageFilter.GaussianBlur(0.8))


def blotted(picture: Image.Image, stock: Stock, asked: list[Label], dpi: int = 200) -> Image.Image:
    """The page with a blot of 15 % of each symbol near its middle, where no finder and no alignment pattern is."""
    chance = random.Random(7)
    draw = ImageDraw.Draw(picture)
    px = dpi / 25.4
    for place, label in enumerate(asked):
        size = symbol(label.text).size
        layout = arranged(*stock.label)
        x, y = stock.corner(place)
        module = layout.side / (size + 2 * QUIET) * px
        across = (0.15 * size**2 / 3.1416) ** 0.5 * 2
        left = (x + layout.x) * px + (QUIET + (size - across) / 2 + chance.uniform(-2, 1)) * module
        top = (stock.page[1] - y - layout.y - layout.side) * px
        top += (QUIET + (size - across) / 2 + chance.uniform(-2, 1)) * module
        ink = chance.choice([0, 120, 255])
        draw.ellipse([left, top, left + across * module, top + across * module], fill=ink)
    return picture


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))
