"""1,000 labels by label_sheet beside the usual way: qrcode → Pillow → drawImage, with the same Chinese text.

Both are measured in turn, five times; the usual way on 200 labels, scaled. Fonts are registered before.
Run it from the project's root: python tests/benchmarks/labels.py
"""

import io
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import qrcode
import zxingcpp
from reportlab.lib.colors import HexColor, black
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from qr import A4_24, Label, address, fonts, label_sheet, new_token
from risk_models import RiskLevel

LABELS = 1000
USUAL = 200
RUNS = 5

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


def main() -> None:
    """Print times, ratio, bytes a label and codes read."""
    fonts.register()
    label_sheet(_labels(0)[:24])
    usual_way(_labels(0)[:24])
    fast, usual = [], []
    for run in range(1, RUNS + 1):
        # New labels each time, so that nothing remembered from the last run helps.
        labels = _labels(run)
        fast.append(_seconds(label_sheet, labels))
        usual.append(_seconds(usual_way, labels[:USUAL]) * LABELS / USUAL)
    ours, theirs = statistics.median(fast), statistics.median(usual)
    sheet = label_sheet(labels)
    print(f"{LABELS} labels, medians of {RUNS}: label_sheet {ours:.3f} s, the usual way {theirs:.2f} s")
    print(f"ratio: {theirs / ours:.1f} times faster")
    size = (len(sheet) - len(label_sheet(labels[:1]))) / (LABELS - 1)
    usual_size = (len(usual_way(labels[:USUAL])) - len(usual_way(labels[:1]))) / (USUAL - 1)
    print(f"bytes a label: {size:.0f}, the usual way {usual_size:.0f}")
    print(f"read by zxing-cpp at 150 dpi: {_read(sheet, labels)} of {LABELS}")


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


def _labels(seed: int) -> list[Label]:
    choose = random.Random(seed)
    return [_label(seed * LABELS + number, choose) for number in range(LABELS)]


def _label(number: int, choose: random.Random) -> Label:
    name = f"{choose.choice(PLACES)}{choose.randint(1, 99)}号{choose.choice(THINGS)}"
    level = choose.choice([*RiskLevel, None])
    text = address("safety.example.cn", new_token())
    return Label(text=text, code=f"FX-{number:04}", name=name, enterprise=choose.choice(FIRMS), level=level)


def _seconds(work: Callable[[list[Label]], bytes], labels: list[Label]) -> float:
    start = time.perf_counter()
    work(labels)
    return time.perf_counter() - start


def _read(sheet: bytes, labels: list[Label]) -> int:
    """Count the labels whose own text is read from the rendered pages."""
    found = {
        code.text
        for page in pypdfium2.PdfDocument(sheet)
        for code in zxingcpp.read_barcodes(page.render(scale=150 / 72).to_pil().convert("L"))
    }
    return len(found & {label.text for label in labels})


if __name__ == "__main__":
    main()
