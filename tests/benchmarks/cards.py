"""1,000 warning cards by warning_cards beside WeasyPrint and beside the same cards drawn bare on the canvas.

WeasyPrint makes the same card from HTML and CSS, with the signs as SVG: 100 cards in one document, scaled. Bare are the
same texts, boxes, lines, signs and symbols drawn by reportlab's canvas where warning_cards put them, without any
layout. All are measured in turn in processor time, three times; fonts are loaded and symbols of the bare cards made
before. The peak of memory is that of a process that draws the 1,000 cards and nothing else.
Run it from the project's root: python -m tests.benchmarks.cards
"""

import base64
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from html import escape
from pathlib import Path

import pypdfium2
import zxingcpp

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from app.printing.card import TITLE, Card, warning_cards
from app.printing.page import paint
from app.printing.signs import SIGNS, choose, svg
from app.printing.stamp import Stamp
from qr import address, fonts, new_token, png, symbol
from risk_models import RiskLevel
from tests.benchmarks._alone import peak, said_by
from tests.benchmarks.rivals.bare_cards import Recorded, bare_cards, recorded

ROOT = Path(__file__).resolve().parents[2]
CARDS = 1000
BY_WEASYPRINT = 100
RUNS = 3
MOST_BARE, LEAST_WEASYPRINT, MOST_MEGABYTES = 1.3, 25, 200

Stamped = tuple[Card, Stamp]

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
body { margin: 0; font: 11pt/1.32 DualSans }
section { break-after: page; position: relative }
section > img { position: absolute; right: 0; top: 0; width: 28mm }
h1 { font-size: 38pt; margin: 0 } h2 { font-size: 26pt; margin: 0 0 4mm }
.banner { font-size: 42pt; font-weight: 700; border: 1.2pt solid #495057; padding: 0 6mm }
.banner small { font-size: 14pt; font-weight: 400; float: right; margin-top: 7mm }
.signs { display: flex; justify-content: space-between; margin: 2mm 0 }
.signs div { width: 24mm; text-align: center; font-size: 9pt; font-weight: 700 } .signs img { width: 24mm }
table { width: 100%; border-collapse: collapse; table-layout: fixed }
col:nth-child(odd) { width: 25mm }
th, td { border: .6pt solid #495057; padding: 1mm 2.2mm; text-align: left }
th { background: #24384f; color: #fff; text-align: center }
.phones { background: #b3261e; color: #fff; font-size: 24pt; font-weight: 700; text-align: center; margin: 2mm 0 }
footer img { float: right; width: 12mm } footer { font-size: 8.5pt }
"""


def main() -> int:
    """Print times, ratios, memory, bytes a card and codes read; 1 when a promise is not kept."""
    fonts.register()
    with tempfile.TemporaryDirectory() as folder:
        by_weasyprint = _weasyprint(Path(folder))
        warning_cards(_cards(0, 2))
        by_weasyprint(_cards(0, 2))
        ours, bare, theirs = [], [], []
        for run in range(1, RUNS + 1):
            # New cards each time, so that nothing remembered from the last run helps.
            ours.append(_seconds(lambda run=run: warning_cards(_cards(run, CARDS))))
            drawn = _recorded(run)
            bare.append(_seconds(lambda drawn=drawn: bare_cards(drawn)))
            theirs.append(_seconds(lambda run=run: by_weasyprint(_cards(run, BY_WEASYPRINT))) * CARDS / BY_WEASYPRINT)
        same = by_weasyprint(_cards(run, BY_WEASYPRINT))
    fast, plain, slow = (statistics.median(times) for times in (ours, bare, theirs))
    cards = list(_cards(run, CARDS))
    paper = warning_cards(cards)
    print(f"{CARDS} cards, medians of {RUNS}: warning_cards {fast:.2f} s, bare {plain:.2f} s, WeasyPrint {slow:.1f} s")
    before, most = (int(each) for each in said_by("cards", "alone"))
    print(f"{slow / fast:.1f} times faster than WeasyPrint (at least {LEAST_WEASYPRINT})")
    print(f"{fast / plain:.2f} times the bare canvas (at most {MOST_BARE})")
    print(f"peak memory {most} MB, of which {before} MB before the first card (at most {MOST_MEGABYTES})")
    print(f"pages: {_pages(paper)}; bytes a card: {len(paper) // CARDS}, WeasyPrint {len(same) // BY_WEASYPRINT}")
    read = _read(paper, cards[:BY_WEASYPRINT])
    print(f"codes and check codes read by zxing-cpp at 150 dpi: {read} of {2 * BY_WEASYPRINT}")
    kept = slow >= LEAST_WEASYPRINT * fast and fast <= MOST_BARE * plain and most <= MOST_MEGABYTES
    return 0 if kept and read == 2 * BY_WEASYPRINT else 1


def _recorded(run: int) -> list[list[Recorded]]:
    """Where warning_cards puts what it draws on cards like those of this run, page by page."""
    return recorded(lambda: warning_cards(_cards(run, CARDS)))


def alone() -> None:
    """Draw the cards and nothing else; print the peak of memory before and after."""
    fonts.register()
    before = peak()
    warning_cards(_cards(1, CARDS))
    print(before, peak())


def _weasyprint(folder: Path) -> Callable[[Iterator[Stamped]], bytes]:
    """Return the same print by WeasyPrint, its fonts and style sheet ready."""
    try:
        from weasyprint import CSS, HTML  # noqa: PLC0415 - it is missing where its Debian packages are
        from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415
    except (ImportError, OSError) as missing:
        print(f"WeasyPrint cannot be used here: {missing}")
        print("pip: weasyprint; Debian: libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0")
        raise SystemExit(3) from None
    faces = ""
    for weight in (400, 700):
        file = folder / f"{weight}.ttf"
        file.write_bytes(fonts._cut(weight))
        faces += f"@font-face {{ font-family: DualSans; font-weight: {weight}; src: url('{file.as_uri()}') }}"
    for key, sign in SIGNS.items():
        (folder / f"{key}.svg").write_text(svg(sign), encoding="utf-8")
    configuration = FontConfiguration()
    style = CSS(string=faces + STYLE, font_config=configuration)

    def way(cards: Iterator[Stamped]) -> bytes:
        html = "".join(_html(card, stamp) for card, stamp in cards)
        return HTML(string=html, base_url=f"{folder}/").write_pdf(stylesheets=[style], font_config=configuration)

    return way


def _html(card: Card, stamp: Stamp) -> str:
    colours = paint(card.level)
    fill, ink = (colour.hexval().replace("0x", "#") for colour in (colours.fill, colours.ink))
    code, check = (
        base64.b64encode(png(symbol(text, level), 4)).decode()
        for text, level in ((card.qr_text, "H"), (stamp.address, "M"))
    )
    pairs = [
        ("所在场所", card.place),
        ("主要风险", _listed(card.main_risks)),
        ("事故类型", "、".join(card.accident_types)),
        ("可能后果", _listed(card.consequences)),
        ("管控措施", "\n".join(f"【{category}】{text}" for category, text in card.measures)),
        ("检查要点", _listed(card.check_items)),
        ("应急处置", _listed(card.emergency_steps)),
        ("责任人", f"{card.responsible}　{card.phone}"),
        ("检查周期", card.check_cycle, "类别", card.category),
    ]
    signs = "".join(f'<div><img src="{key}.svg">{SIGNS[key].name}</div>' for key in card.signs)
    return (
        f'<section><img src="data:image/png;base64,{code}">{escape(card.enterprise)}<h1>{TITLE}</h1>'
        f"<h2>{escape(card.point_name)}　{card.code}</h2>"
        f'<div class="banner" style="background:{fill};color:{ink}">'
        f"<small>本卡显示：{card.level_basis}等级</small>{colours.words}</div>"
        f'<div class="signs">{signs}</div>'
        f"<table>{'<col>' * 4}{''.join(map(_html_row, pairs))}</table>"
        f'<div class="phones">应急电话 {escape(card.emergency_phone)}</div>'
        f'<footer><img src="data:image/png;base64,{check}">'
        f"第 {stamp.version} 版　打印日期：{stamp.printed_on}　查验码 {stamp.code}</footer></section>"
    )


def _html_row(cells: Sequence[str]) -> str:
    span = ' colspan="3"' if len(cells) == 2 else ""
    texts = [escape(text).replace("\n", "<br>") for text in cells]
    return (
        f"<tr>{''.join(f'<th>{a}</th><td{span}>{b}</td>' for a, b in zip(texts[::2], texts[1::2], strict=True))}</tr>"
    )


def _listed(texts: Sequence[str]) -> str:
    return "\n".join(f"{n}. {text}" for n, text in enumerate(texts, 1))


def _cards(seed: int, count: int) -> Iterator[Stamped]:
    choose_from = random.Random(seed)
    for number in range(seed * CARDS, seed * CARDS + count):
        yield _card(number, choose_from), _stamp(number)


def _stamp(number: int) -> Stamp:
    token = new_token()
    return Stamp(
        version=3, printed_on=date(2026, 7, 1), seq=number, code=f"{token[:4]}-{token[4:8]}",
        address=address("safety.example.cn", token, path="P"),
    )  # fmt: skip


_ACCIDENTS = ("中毒", "可燃气体爆炸", "容器爆炸", "灼烫", "火灾")
_SIGNS = tuple(sign.key for sign in choose(_ACCIDENTS, [text for _, text in MEASURES]))


def _card(number: int, choose_from: random.Random) -> Card:
    return Card(
        enterprise="东湖化工有限公司",
        place=f"{choose_from.randint(1, 9)} 号罐区 > 储罐区",
        point_name=f"{choose_from.randint(1, 99)}# 液氨储罐",
        code=f"FX-{number:04}",
        category="设备设施",
        level=choose_from.choice([*RiskLevel, None]),
        level_basis="现状风险",
        main_risks=tuple(f"{number} 号点{risk}" for risk in choose_from.sample(RISKS, 3)),
        accident_types=_ACCIDENTS,
        consequences=("多人中毒窒息死亡，眼、皮肤化学灼伤；影响厂界外居民",),
        measures=tuple((kind, f"{text}（{number}）") for kind, text in MEASURES),
        check_items=tuple(f"{text}（{choose_from.randint(1, 999)}）" for text in CHECKS),
        responsible="李建国（罐区班长）",
        phone=f"138{number:08}",
        check_cycle="每 1 小时",
        emergency_steps=tuple(choose_from.sample(STEPS, 4)),
        emergency_phone="厂内 8119",
        qr_text=address("safety.example.cn", new_token()),
        signs=_SIGNS,
    )


def _seconds(work: Callable[[], bytes]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _pages(data: bytes) -> int:
    with pypdfium2.PdfDocument(data) as document:
        return len(document)


def _read(data: bytes, cards: Sequence[Stamped]) -> int:
    """Count the codes of points and of checks that are read from the rendered pages of these cards."""
    count = 0
    with pypdfium2.PdfDocument(data) as document:
        for page, (card, stamp) in zip(document, cards, strict=False):
            picture = page.render(scale=150 / 72).to_pil().convert("L")
            found = {code.text for code in zxingcpp.read_barcodes(picture)}
            count += len(found & {card.qr_text, stamp.address})
    return count


if __name__ == "__main__":
    sys.exit(main())
