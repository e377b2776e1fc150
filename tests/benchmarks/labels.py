"""10,000 labels by label_sheet beside the usual way: qrcode → Pillow → drawImage, with the same Chinese text.

Both are measured in turn, three times; the usual way on 200 labels, scaled. Fonts are registered before. Memory is that
of a process that does nothing but draw the sheet. Every code of the sheet is then read by zxing-cpp and by zbar.
Run it from the project's root: python -m tests.benchmarks.labels
"""

import io
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import qrcode
import zxingcpp
from PIL import Image
from reportlab.lib.colors import HexColor, black
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from qr import A4_24, Label, address, fonts, label_sheet, new_token
from risk_models import RiskLevel
from tests.benchmarks.__main__ import MISSING

try:
    from pyzbar.pyzbar import ZBarSymbol, decode
except ImportError:
    decode = None

LABELS = 10_000
USUAL = 200
RUNS = 3
DPI = 150
ONLY_DRAW = "--only-draw"

PLACES = ["一车间", "二车间", "机加工车间", "氯化车间", "合成工段", "罐区", "东区仓库", "平房仓"]
THINGS = [
    "液氨储罐",
    "反应釜",
    "数控车床",
    "桥式起重机",
    "氢气缓冲罐",
    "离心机",
    "粉碎机",
    "斗式提升机",
    "皮带输送机",
    "有限空间作业",
    "磷化铝熏蒸作业",
    "动火作业",
    "高压配电柜",
    "导热油炉",
    "压力管道",
    "砂轮机",
    "冲床",
    "喷漆房",
    "危险废物暂存间",
    "叉车充电区",
    "循环水泵",
    "氮气球罐",
    "干燥塔",
    "精馏塔",
]
FIRMS = ["青山县绿源精细化工有限公司", "宏达机械制造有限公司", "青山县第一粮食储备库"]


def main() -> int:
    """Print times, ratio, bytes a label, memory and codes read; return the exit code."""
    if ONLY_DRAW in sys.argv:
        label_sheet(_labels(1))
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
        return 0
    fonts.register()
    label_sheet(list(_labels(0))[:24])
    usual_way(list(_labels(0))[:24])
    fast, usual = [], []
    for run in range(1, RUNS + 1):
        # New labels each time, so that nothing remembered from the last run helps.
        labels = list(_labels(run))
        fast.append(_seconds(label_sheet, labels))
        usual.append(_seconds(usual_way, labels[:USUAL]) * LABELS / USUAL)
    ours, theirs = statistics.median(fast), statistics.median(usual)
    print(f"{LABELS} labels, medians of {RUNS}: label_sheet {ours:.2f} s, the usual way {theirs:.1f} s (from {USUAL})")
    print(f"ratio: {theirs / ours:.1f} times faster (wanted: 20)")
    sheet = label_sheet(labels)
    usual_size = (len(usual_way(labels[:USUAL])) - len(usual_way(labels[:1]))) / (USUAL - 1)
    print(f"bytes a label, fonts included: {len(sheet) / LABELS:.0f} (wanted: 250), the usual way {usual_size:.0f}")
    print(f"peak memory of drawing them: {_memory()} MB (wanted: 200)")
    return _print_read(sheet, {label.text for label in labels})


def _print_read(sheet: bytes, texts: set[str]) -> int:
    """Print how many codes each reader reads from the rendered pages; return the exit code."""
    readers = {"zxing-cpp": _read_by_zxing} | ({"zbar": _read_by_zbar} if decode else {})
    found: dict[str, set[str]] = {name: set() for name in readers}
    for page in pypdfium2.PdfDocument(sheet):
        picture = page.render(scale=DPI / 72).to_pil().convert("L")
        for name, read in readers.items():
            found[name].update(read(picture))
    for name, seen in found.items():
        print(f"read by {name} at {DPI} dpi: {len(seen & texts)} of {len(texts)}")
    if decode is None:
        print("zbar cannot be used here: pip: pyzbar; Debian: libzbar0")
    return 0 if decode else MISSING


def _read_by_zxing(picture: Image.Image) -> Iterator[str]:
    return (code.text for code in zxingcpp.read_barcodes(picture))


def _read_by_zbar(picture: Image.Image) -> Iterator[str]:
    return (code.data.decode() for code in decode(picture, symbols=[ZBarSymbol.QRCODE]))


def _memory() -> int:
    """The most memory, in MB, that a process needs which draws the labels and nothing else."""
    told = subprocess.check_output([sys.executable, "-m", "tests.benchmarks.labels", ONLY_DRAW], text=True)
    return int(told)


def usual_way(labels: list[Label]) -> bytes:
    """Draw the labels as the documentation of the three libraries suggests."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(210 * mm, 297 * mm), initialFontName=fonts.REGULAR, pageCompression=1)
    for place, label in enumerate(labels):
        if place and place % A4_24.per_page == 0:
            canvas.showPage()
        x, y = (length * mm for length in A4_24.corner(place % A4_24.per_page))
        code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_H, border=4)
        code.add_data(label.text)
        code.make()
        picture = code.make_image().get_image()
        canvas.drawImage(ImageReader(picture), x + 2 * mm, y + 2 * mm, 33 * mm, 33 * mm)
        _usual_text(canvas, x + 35 * mm, y, label)
    canvas.save()
    return buffer.getvalue()


def _usual_text(canvas: Canvas, x: float, y: float, label: Label) -> None:
    words, colour = "未评估", "#ffffff"
    if label.level is not None:
        words, colour = f"{label.level.colour_name} {label.level.label}", label.level.colour
    canvas.setFillColor(HexColor(colour))
    canvas.rect(x, y + 28 * mm, 33 * mm, 7 * mm, fill=1)
    canvas.setFillColor(black)
    canvas.setFont(fonts.BOLD, 13)
    canvas.drawCentredString(x + 16.5 * mm, y + 30 * mm, words)
    canvas.setFont(fonts.BOLD, 15)
    canvas.drawString(x, y + 22 * mm, label.code)
    canvas.setFont(fonts.BOLD, 12)
    for line, text in enumerate(fonts.wrap(label.name, 33 * mm, 12, fonts.BOLD)):
        canvas.drawString(x, y + 17 * mm - line * 14, text)
    canvas.setFont(fonts.REGULAR, 6)
    canvas.drawString(x, y + 3 * mm, label.enterprise)


def _labels(seed: int) -> Iterator[Label]:
    choose = random.Random(seed)
    firm = choose.choice(FIRMS)  # a sheet is one enterprise's
    return (_label(seed * LABELS + number, choose, firm) for number in range(LABELS))


def _label(number: int, choose: random.Random, firm: str) -> Label:
    name = f"{choose.choice(PLACES)}{choose.randint(1, 99)}号{choose.choice(THINGS)}"
    level = choose.choice([*RiskLevel, None])
    text = address("safety.example.cn", new_token())
    return Label(text=text, code=f"FX-{number:05}", name=name, enterprise=firm, level=level)


def _seconds(work: Callable[[Any], bytes], labels: Iterable[Label]) -> float:
    start = time.perf_counter()
    work(labels)
    return time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())
