from dataclasses import dataclass
from datetime import date
from io import BytesIO
from uuid import UUID

import pikepdf
import pypdfium2
import pytest

from app.printing.card import Card
from app.printing.four_colour_map import four_colour_maps
from app.printing.ledger import LedgerRow
from app.printing.map_content import FourColourMap, Ground, MapPoint, ZoneShape
from app.printing.stamp import Look, Paper, Stamp
from risk_models import RiskLevel

A3_LANDSCAPE = Look(Paper.A3, landscape=True)


@dataclass
class Printed:
    """A PDF as a reader sees it."""

    data: bytes

    def __post_init__(self):
        with pypdfium2.PdfDocument(self.data) as document:
            self.sizes = [page.get_size() for page in document]
            self.texts = [page.get_textpage().get_text_range() for page in document]
            self.bounds = [[each.get_bounds() for each in page.get_objects()] for page in document]

    @property
    def text(self):
        """All text without the breaks between lines and between runs."""
        return "".join("".join(self.texts).split())

    def picture(self, page=0, dpi=100):
        with pypdfium2.PdfDocument(self.data) as document:
            return document[page].render(scale=dpi / 72).to_pil()

    def fonts(self):
        """Return {font name: (embedded, subset, unicode)} as pdffonts would list them."""
        found = {}
        with pikepdf.open(BytesIO(self.data)) as document:
            for page in document.pages:
                for font in page.Resources.Font.values():
                    name = str(font.BaseFont)
                    descriptor = font.get("/FontDescriptor", {})
                    found[name] = ("/FontFile2" in descriptor, name[7:8] == "+", "/ToUnicode" in font)
        return found

    def stays_on_its_pages(self):
        return all(
            left >= 0 and bottom >= 0 and right <= width and top <= height
            for (width, height), boxes in zip(self.sizes, self.bounds, strict=True)
            for left, bottom, right, top in boxes
        )


@pytest.fixture
def printed():
    return Printed


@pytest.fixture
def make_card():
    def make(**changes):
        facts = {
            "enterprise": "东湖化工有限公司",
            "place": "罐区 > 液氨储罐区",
            "point_name": "液氨罐区（重大危险源）",
            "code": "FX-0001",
            "category": "设备设施",
            "level": RiskLevel.RED,
            "level_basis": "现状风险",
            "main_risks": ("液氨储罐、管道、阀门密封失效，氨气大量泄漏", "卸车软管脱落，液氨喷出"),
            "accident_types": ("中毒", "可燃气体爆炸", "灼烫"),
            "consequences": ("多人中毒死亡，眼、皮肤化学灼伤",),
            "measures": (
                ("工程技术", "液位 85% 高高联锁切断进料；安全阀起跳压力 1.6 MPa；氨气检测一级报警 25 ppm"),
                ("个体防护", "现场配正压式空气呼吸器 4 套、重型防化服 4 套"),
            ),
            "check_items": ("液位 ≤ 80%，压力 ≤ 1.4 MPa", "法兰、阀门、软管无泄漏"),
            "responsible": "李建国",
            "phone": "13800000001",
            "check_cycle": "每 1 小时",
            "emergency_steps": ("向上风向撤离并报警", "戴空气呼吸器关闭切断阀，开启水喷淋"),
            "emergency_phone": "厂内 8119　火警 119",
            "qr_text": "HTTPS://SAFETY.EXAMPLE.CN/Q/ABCDEFGHIJKLMNOPQRSTUVWXYZ",
            "signs": ("poison", "no-fire"),
        }
        return Card(**(facts | changes))

    return make


@pytest.fixture
def stamped(stamp):
    """Stamp documents, each with the same stamp."""
    return lambda *documents: [(document, stamp) for document in documents]


@pytest.fixture
def make_row():
    def make(number=1, **changes):
        facts = {
            "code": f"FX-{number:04}",
            "point_name": f"加氢反应釜 R-{number:04}",
            "zone": "合成车间",
            "category": "设备设施",
            "hazard_source": "氢气泄漏遇静电点燃",
            "accident_types": ("可燃气体爆炸", "火灾"),
            "assessment": "LS（ls-shandong）L=3 S=5",
            "score": "15",
            "level": RiskLevel.ORANGE,
            "measures": (
                ("工程技术", "氢气检测 25%LEL 报警、50%LEL 联锁切断"),
                ("安全管理", "投料前氮气置换，氧含量 ≤ 0.5%"),
            ),
            "control_tier": "公司、车间、班组、岗位",
            "responsible_unit": "合成车间",
            "responsible": "王强",
            "check_cycle": "每 2 小时",
        }
        return LedgerRow(**(facts | changes))

    return make


@pytest.fixture
def make_map():
    """Make a map of a plan; width, height, picture and the like go to its ground, `ground=None` makes a schematic."""

    def make(**changes):
        ground = {"name": "总平面图　一层", "width": 400.0, "height": 300.0}
        ground |= {
            name: changes.pop(name)
            for name in ("width", "height", "picture", "north", "millimetres_per_unit")
            if name in changes
        }
        facts = {
            "enterprise_id": UUID(int=1),
            "enterprise": "东湖化工有限公司",
            "ground": Ground(**ground),
            "zones": (
                ZoneShape("液氨罐区", ((20, 20), (180, 20), (180, 130), (20, 130)), RiskLevel.RED),
                ZoneShape("备件库", ((220, 20), (380, 20), (380, 130), (220, 130)), None),
                ZoneShape("化验室", ((20, 170), (180, 170), (180, 280), (20, 280)), RiskLevel.BLUE),
            ),
            "points": (
                MapPoint("FX-0001", "液氨储罐", RiskLevel.RED, 60, 50, zone=0),
                MapPoint("FX-0002", "气相色谱仪", RiskLevel.BLUE, 100, 220, zone=2),
            ),
            "shows": "现状风险等级",
        }
        return FourColourMap(**(facts | changes))

    return make


@pytest.fixture
def stamp():
    return Stamp(
        version=3, printed_on=date(2026, 7, 1), seq=1482, code="7KQ2-M4XD",
        address="HTTPS://SAFETY.EXAMPLE.CN/P/ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    )  # fmt: skip


@pytest.fixture
def printed_map(printed, stamp):
    """Print a map and read it back; picture is the drawing of its plan."""

    def make(content, look=A3_LANDSCAPE, picture=None):
        return printed(four_colour_maps([(content, stamp)], look, lambda content: picture))

    return make
