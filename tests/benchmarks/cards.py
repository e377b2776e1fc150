"""200 warning cards by warning_cards beside the same cards as HTML and CSS by WeasyPrint.

Both are measured in turn, three times, each as one document of 200 pages with the same two static fonts, loaded before.
The table of the HTML has fixed columns: WeasyPrint would take twice as long to find their widths.
Run it from the project's root: python tests/benchmarks/cards.py
"""

import base64
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from html import escape
from pathlib import Path

import pypdfium2
import zxingcpp

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from app.printing.card import TITLE, Card, warning_cards
from app.printing.page import paint
from qr import address, fonts, new_token, png, symbol
from risk_models import RiskLevel

try:
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration
except (ImportError, OSError) as missing:
    print(f"WeasyPrint cannot be used here: {missing}")
    print("pip: weasyprint; Debian: libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0")
    raise SystemExit(3) from None

CARDS = 200
RUNS = 3

RISKS = [
    "储罐、管道、阀门或法兰密封失效，氨气大量泄漏",
    "卸车软管脱落或拉断，液氨喷出",
    "与空气混合达 15.7%～27.4%（体积分数）遇火源爆炸",
    "反应超温超压，安全阀起跳，氢气外泄遇静电点燃",
    "进入釜内作业前置换不彻底，缺氧或有毒气体致人窒息",
]
MEASURES = [
    (
        "工程技术",
        "储罐液位高高联锁（85%）切断进料；压力 1.5 MPa 报警、1.6 MPa 安全阀起跳；检测报警器 8 台，一级 25 ppm",
    ),
    ("安全管理", "重大危险源包保责任人公示；每 1 小时巡检一次并记录液位、压力、温度；卸车全程双人在场，执行操作票"),
    ("人员培训", "操作人员持危险化学品特种作业证上岗，每季度开展泄漏应急演练一次"),
    ("个体防护", "现场配正压式空气呼吸器 4 套、重型防化服 4 套；进入罐区佩戴防毒面具（K 型滤毒罐）、防化手套"),
    ("应急处置", "洗眼器 15 m 内可达；事故池 500 m³，保持空置"),
]
CHECKS = [
    "液位 ≤ 80%，压力 ≤ 1.4 MPa，温度 ≤ 40 ℃",
    "法兰、阀门、软管无泄漏（酚酞试纸检测）",
    "检测器在线、无故障，显示 0～5 ppm",
    "喷淋阀门处于自动，消防水压 ≥ 0.6 MPa",
    "空气呼吸器气瓶压力 ≥ 25 MPa",
]
STEPS = [
    "立即向上风向撤离，拉响警报，报告中控室",
    "穿戴空气呼吸器和防化服后关闭上下游切断阀，开启水喷淋稀释",
    "中毒者移至空气新鲜处，眼、皮肤用清水冲洗 15 分钟以上，拨打 120",
    "拨打 119，设置 300 m 警戒区，疏散下风向人员",
]

STYLE = """
@page { size: A4; margin: 10mm }
body { margin: 0; font: 12pt/1.32 DualSans }
section { break-after: page; position: relative }
section > img { position: absolute; right: 0; top: 0; width: 31mm }
h1 { font-size: 38pt; margin: 0 } h2 { font-size: 26pt; margin: 0 0 4mm }
.banner { font-size: 42pt; font-weight: 700; border: 1.2pt solid #495057; padding: 0 6mm }
.banner small { font-size: 14pt; font-weight: 400; float: right; margin-top: 7mm }
table { width: 100%; border-collapse: collapse; table-layout: fixed }
col:nth-child(odd) { width: 29mm }
th, td { border: .6pt solid #495057; padding: 1.3mm 2.2mm; text-align: left }
th { background: #e9ecef; text-align: center }
"""


def main() -> None:
    """Print times, ratio, bytes a card and codes read."""
    fonts.register()
    with tempfile.TemporaryDirectory() as folder:
        by_weasyprint = _weasyprint(Path(folder))
        for way in (warning_cards, by_weasyprint):
            way(_cards(0)[:2])
        ours, theirs = [], []
        for run in range(1, RUNS + 1):
            # New cards each time, so that nothing remembered from the last run helps.
            cards = _cards(run)
            ours.append(_seconds(warning_cards, cards))
            theirs.append(_seconds(by_weasyprint, cards))
        same = by_weasyprint(cards)
    fast, slow = statistics.median(ours), statistics.median(theirs)
    paper = warning_cards(cards)
    print(f"{CARDS} cards, medians of {RUNS}: warning_cards {fast:.3f} s, WeasyPrint {slow:.2f} s")
    print(f"ratio: {slow / fast:.1f} times faster")
    print(
        f"pages: {_pages(paper)}, WeasyPrint {_pages(same)}; bytes a card: {len(paper) // CARDS}, {len(same) // CARDS}"
    )
    print(f"codes read by zxing-cpp at 100 dpi: {_read(paper, cards)} of {CARDS}")


def _weasyprint(folder: Path) -> Callable[[Sequence[Card]], bytes]:
    """Return the same print by WeasyPrint, its fonts and style sheet ready."""
    faces = ""
    for weight in (400, 700):
        file = folder / f"{weight}.ttf"
        file.write_bytes(fonts._cut(weight))
        faces += f"@font-face {{ font-family: DualSans; font-weight: {weight}; src: url('{file.as_uri()}') }}"
    configuration = FontConfiguration()
    style = CSS(string=faces + STYLE, font_config=configuration)

    def way(cards: Sequence[Card]) -> bytes:
        html = "".join(map(_html, cards))
        return HTML(string=html).write_pdf(stylesheets=[style], font_config=configuration)

    return way


def _html(card: Card) -> str:
    colours = paint(card.level)
    fill, ink = (colour.hexval().replace("0x", "#") for colour in (colours.fill, colours.ink))
    code = base64.b64encode(png(symbol(card.qr_text), 4)).decode()
    pairs = [
        ("风险点", card.point_name, "编号", card.code),
        ("所在场所", card.place, "风险点类别", card.category),
        ("主要风险", _listed(card.main_risks)),
        ("易发事故类型", "、".join(card.accident_types)),
        ("可能后果", _listed(card.consequences)),
        ("管控措施", "\n".join(f"【{category}】{text}" for category, text in card.measures)),
        ("检查要点", _listed(card.check_items)),
        ("应急处置", _listed(card.emergency_steps)),
        ("责任人", card.responsible, "联系电话", card.phone),
        ("检查周期", card.check_cycle, "单位名称", card.enterprise),
        ("应急电话", card.emergency_phone),
    ]
    return (
        f'<section><img src="data:image/png;base64,{code}">{escape(card.enterprise)}<h1>{TITLE}</h1>'
        f"<h2>{escape(card.point_name)}</h2>"
        f'<div class="banner" style="background:{fill};color:{ink}">'
        f"<small>本卡显示：{card.level_basis}等级</small>{colours.words}</div>"
        f"<table>{'<col>' * 4}{''.join(map(_html_row, pairs))}</table>"
        f"<p>版本：{escape(card.version)}　打印日期：{card.printed_on}</p></section>"
    )


def _html_row(cells: Sequence[str]) -> str:
    span = ' colspan="3"' if len(cells) == 2 else ""
    texts = [escape(text).replace("\n", "<br>") for text in cells]
    return (
        f"<tr>{''.join(f'<th>{a}</th><td{span}>{b}</td>' for a, b in zip(texts[::2], texts[1::2], strict=True))}</tr>"
    )


def _listed(texts: Sequence[str]) -> str:
    return "\n".join(f"{n}. {text}" for n, text in enumerate(texts, 1))


def _cards(seed: int) -> list[Card]:
    choose = random.Random(seed)
    return [_card(seed * CARDS + number, choose) for number in range(CARDS)]


def _card(number: int, choose: random.Random) -> Card:
    return Card(
        enterprise="东湖化工有限公司",
        place=f"{choose.randint(1, 9)} 号罐区 > 储罐区",
        point_name=f"{choose.randint(1, 99)}# 液氨储罐",
        code=f"FX-{number:04}",
        category="设备设施",
        level=choose.choice([*RiskLevel, None]),
        level_basis="现状风险",
        main_risks=tuple(f"{number} 号点{risk}" for risk in choose.sample(RISKS, 3)),
        accident_types=("中毒", "可燃气体爆炸", "容器爆炸", "灼烫", "火灾"),
        consequences=("多人中毒窒息死亡，眼、皮肤化学灼伤；影响厂界外居民",),
        measures=tuple((kind, f"{text}（{number}）") for kind, text in MEASURES),
        check_items=tuple(f"{text}（{choose.randint(1, 999)}）" for text in CHECKS),
        responsible="李建国（罐区班长）",
        phone=f"138{number:08}",
        check_cycle="每 1 小时",
        emergency_steps=tuple(choose.sample(STEPS, 4)),
        emergency_phone="厂内 8119　火警 119　急救 120",
        qr_text=address("safety.example.cn", new_token()),
        version="3",
        printed_on=date(2026, 7, 1),
    )


def _seconds(way: Callable[[Sequence[Card]], bytes], cards: Sequence[Card]) -> float:
    start = time.perf_counter()
    way(cards)
    return time.perf_counter() - start


def _pages(data: bytes) -> int:
    with pypdfium2.PdfDocument(data) as document:
        return len(document)


def _read(data: bytes, cards: Sequence[Card]) -> int:
    """Count the cards whose own code is read from their rendered page."""
    with pypdfium2.PdfDocument(data) as document:
        pages = (page.render(scale=100 / 72).to_pil().convert("L") for page in document)
        found = [{code.text for code in zxingcpp.read_barcodes(page)} for page in pages]
    return sum(card.qr_text in codes for card, codes in zip(cards, found, strict=True))


if __name__ == "__main__":
    main()
