import re
from datetime import date
from io import BytesIO
from math import hypot
from xml.etree import ElementTree

import pikepdf
import pypdfium2
import pytest

from app.printing.page import Sheet
from app.printing.signs import EDITION, SIGNS, Family, choose, draw, draw_named, named_height, svg
from app.printing.signs.catalogue import colours, marks, pictogram, plate
from app.printing.signs.drawing import INK, DrawingError, drawing
from app.risks.accidents import ACCIDENT_TYPES

WIDTH = 60.0
CELL = 80.0
RICH = (
    ("中毒", "可燃气体爆炸", "灼烫", "高处坠落"),
    ("戴防毒面具、护目镜和防护手套", "严禁吸烟", "洗眼器每周冲洗，急救箱"),
)


def names(*chosen):
    return [sign.name for sign in choose(*chosen)]


def sheet(width, height):
    return Sheet((width, height), title="标志", enterprise="东湖化工有限公司", drawn_on=date(2026, 7, 1))


def rgb(colour):
    return tuple(bytes.fromhex(colour[1:]))


@pytest.fixture(scope="module")
def contact_sheet():
    """Every sign on one long page, from the bottom up, each in the middle of its cell."""
    paper = sheet(CELL, CELL * len(SIGNS))
    for n, sign in enumerate(SIGNS.values()):
        draw(paper, sign, (CELL - WIDTH) / 2, n * CELL + (CELL - WIDTH) / 2, WIDTH)
    return paper.finish()


def test_there_are_enough_signs_of_every_family_and_each_has_its_own_name():
    count = {family: sum(sign.family is family for sign in SIGNS.values()) for family in Family}
    assert sum(count.values()) >= 48
    assert count[Family.WARNING] >= 16
    assert count[Family.PROHIBITION] >= 12
    assert count[Family.MANDATORY] >= 14
    assert count[Family.INFORMATION] >= 6
    assert len({sign.name for sign in SIGNS.values()}) == len(SIGNS)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", key) for key in SIGNS)


def test_the_edition_stands_in_the_data_and_what_it_dropped_is_absent():
    assert (EDITION.standard, EDITION.in_force_from) == ("GB 2894-2025", "2026-03-01")
    assert "自行绘制" in EDITION.drawings
    assert not [sign.name for sign in SIGNS.values() if "化纤" in sign.name]


def test_the_data_names_only_known_accident_types_and_signs_and_nothing_that_never_shows():
    for sign in SIGNS.values():
        assert sign.accidents <= ACCIDENT_TYPES, sign.key
        assert sign.leaves_out <= SIGNS.keys(), sign.key
        assert sign.accidents or sign.words, sign.key
        assert all(len(word) > 1 or word == "苯" for word in sign.words), sign.key


def test_every_accident_type_calls_for_a_warning_sign():
    for accident in ACCIDENT_TYPES:
        (sign,) = choose((accident,), (), most=1)
        assert sign.family is Family.WARNING, accident
        assert accident in sign.accidents, accident


@pytest.mark.parametrize(
    ("accidents", "texts", "expected"),
    [
        (("触电",), (), {"当心触电", "禁止触摸", "必须接地"}),
        (("高处坠落",), (), {"当心坠落", "必须系安全带"}),
        (("中毒和窒息",), (), {"当心中毒", "必须戴防毒面具", "禁止入内", "必须通风"}),
        (("火灾",), (), {"当心火灾", "禁止烟火", "紧急出口"}),
        (("机械伤害",), (), {"当心机械伤人", "禁止伸入", "必须加锁"}),
        (("起重伤害",), (), {"当心吊物", "禁止停留", "必须戴安全帽"}),
        (("灼烫",), (), {"当心烫伤", "必须戴防护眼镜"}),
        (("灼烫",), ("硫酸卸车软管脱落",), {"当心腐蚀"}),
        (("可燃气体爆炸",), (), {"当心爆炸", "禁止烟火", "必须消除静电"}),
        (("窒息",), ("有限空间作业先通风、再检测、后作业",), {"当心有限空间", "当心缺氧", "禁止入内", "必须通风"}),
        (("物体打击",), (), {"当心落物", "必须戴安全帽"}),
        (("淹溺",), ("临水作业穿救生衣",), {"当心落水", "必须穿救生衣"}),
        (("厂（场）内车辆致害",), ("叉车限速 5 km/h",), {"当心叉车", "当心车辆"}),
        ((), ("佩戴安全帽",), {"必须戴安全帽"}),
        ((), ("噪声岗位佩戴耳塞",), {"必须戴护耳器"}),
        ((), ("检修前断电上锁，不得合闸",), {"禁止合闸", "必须加锁"}),
        ((), ("铝镁粉着火严禁用水",), {"禁止用水灭火"}),
        ((), ("设洗眼器和喷淋洗眼装置",), {"洗眼台"}),
        ((), ("配急救箱",), {"急救点"}),
        (("从未见过的类型",), (), {"注意安全"}),
    ],
)
def test_signs_are_chosen_from_accident_types_and_words(accidents, texts, expected):
    assert expected <= set(names(accidents, texts, 8))


@pytest.mark.parametrize(
    ("accidents", "texts", "absent"),
    [
        (("机械致害",), ("操作钻床不得戴手套",), "必须戴防护手套"),
        (("机械致害",), ("去毛刺戴防割手套", "车床操作严禁戴手套"), "必须戴防护手套"),
        (("中毒", "窒息"), ("有限空间内严禁使用过滤式防毒面具",), "必须戴防毒面具"),
        (("中毒",), ("戴正压式空气呼吸器关阀",), "必须戴防毒面具"),
        (("中毒", "窒息"), (), "必须戴防毒面具"),
        (("中毒",), ("戴空气呼吸器，面罩先验漏",), "必须戴防护面罩"),
        (("中毒", "灼烫"), ("戴空气呼吸器进入",), "必须戴防护眼镜"),
        (("中毒", "灼烫"), ("戴空气呼吸器进入",), "必须戴防护手套"),
        ((), ("泵出口压力 1.6 MPa，集合管无泄漏，间距 1200 mm",), "紧急出口"),
        ((), ("间距 1200 mm",), "应急电话"),
    ],
)
def test_a_sign_that_would_mislead_is_not_chosen(accidents, texts, absent):
    assert absent not in names(accidents, texts, 20)


def test_against_poison_clothing_and_the_mask_that_is_named_come_before_glasses_and_gloves():
    accidents = ("容器爆炸", "泄漏", "中毒", "灼烫")
    texts = ("气密型化学防护服、空气呼吸器各 2 套", "取样戴防氨全面罩、护目镜、耐碱手套", "氨泄漏")
    mandatory = [sign.name for sign in choose(accidents, texts, 20) if sign.family is Family.MANDATORY]
    assert mandatory[:2] == ["必须戴防毒面具", "必须穿防护服"]
    assert {"必须戴防毒面具", "必须穿防护服"} <= set(names(accidents, texts))
    assert "必须戴防毒面具" not in names(accidents, (*texts, "进入有限空间"))


def test_fire_and_poison_are_always_warned_of():
    many = ("容器爆炸", "中毒", "触电", "窒息", "高处坠落", "机械致害", "起重致害", "灼烫", "火灾")
    assert "当心火灾" in names(many, ("有限空间", "硫酸", "叉车"))
    assert {"当心火灾", "当心中毒"} <= set(names(many, ("有限空间", "硫酸", "叉车"), 4))


def test_nothing_is_chosen_where_nothing_calls_for_it():
    assert choose((), ()) == ()
    assert choose((), ("", "按规定操作")) == ()
    assert choose(("触电",), (), most=0) == ()


def test_signs_stand_in_the_order_of_the_families_each_once_and_no_more_than_asked_for():
    order = list(Family)
    for most in range(1, 12):
        chosen = choose(*RICH, most)
        places = [order.index(sign.family) for sign in chosen]
        assert len(chosen) == len(set(chosen)) == most
        assert places == sorted(places)
        assert chosen[0].family is Family.WARNING


def test_places_are_shared_between_the_families_and_the_choice_is_always_the_same():
    count = {family: sum(sign.family is family for sign in choose(*RICH)) for family in Family}
    assert sum(count.values()) == 8
    assert set(count.values()) <= {1, 2, 3}
    accidents, texts = RICH
    assert choose(reversed(accidents), reversed(texts)) == choose(iter(accidents), iter(texts))


def inside(family, x, y):
    """How far a point lies inside the field the frame leaves to the pictogram."""
    if family is Family.WARNING:
        return min(y - 15.3, *((81.25 - y) * 0.5 - side * (x - 50) * 0.866 for side in (1, -1)))
    radius = {Family.PROHIBITION: 40, Family.MANDATORY: 50}.get(family)
    return radius - hypot(x - 50, y - 50) if radius else min(x, y, 100 - x, 100 - y)


def test_a_pictogram_keeps_clear_of_its_frame():
    for sign in SIGNS.values():
        inked = [mark for mark in pictogram(sign.key) if mark.paint == INK]
        assert inked, sign.key
        for mark in inked:
            ends = [points[-1] for _, points in mark.segments if points]
            assert all(inside(sign.family, *end) - mark.width / 2 > 0.4 for end in ends), sign.key


def test_every_sign_shows_its_frame_and_its_pictogram_and_stays_in_its_square(contact_sheet, printed):
    picture = printed(contact_sheet).picture(dpi=72).convert("RGB")
    for n, sign in enumerate(SIGNS.values()):
        top = round((len(SIGNS) - 1 - n) * CELL)
        cell = picture.crop((0, top, round(CELL), top + round(CELL)))
        paints = colours(sign.family)
        count = {colour: number for number, colour in cell.getcolors(10_000)}
        frame = rgb(paints.get("safety", paints["ground"]))
        assert count.get(frame, 0) > 0.06 * WIDTH**2, sign.key
        middle = cell.crop((25, 36, 55, 58))
        ink = {colour: number for number, colour in middle.getcolors(10_000)}.get(rgb(paints["ink"]), 0)
        assert 0.05 < ink / (30 * 22) < 0.95, sign.key
        edge = cell.copy()
        edge.paste((255, 255, 255), (9, 9, 71, 71))
        assert edge.getcolors() == [(round(CELL) ** 2, (255, 255, 255))], sign.key


def test_a_document_keeps_a_sign_once_however_often_it_is_drawn():
    paper = sheet(200, 200)
    for page in range(40):
        for n, key in enumerate(("fire", "no-fire", "wear-helmet", "emergency-exit")):
            draw(paper, SIGNS[key], 40 * n, page, 36)
        paper.next_page()
    with pikepdf.open(BytesIO(paper.finish())) as document:
        forms = {form.objgen for page in document.pages for form in page.Resources.XObject.values()}
        sizes = [len(page.Contents.read_bytes()) for page in document.pages]
    assert len(forms) == 4
    assert max(sizes) < 600


def test_the_name_stands_under_the_sign_in_a_plate_and_within_its_width(printed):
    width = 34.0  # 12 mm
    paper = sheet(width + 2, named_height(width) * len(SIGNS) + 2)
    for n, sign in enumerate(SIGNS.values()):
        draw_named(paper, sign, 1, 1 + n * named_height(width), width)
    data = paper.finish()
    text = printed(data).text
    assert all(sign.name in text for sign in SIGNS.values())
    with pypdfium2.PdfDocument(data) as document:
        # What a form holds is measured in its own units, so only what stands on the page itself is asked.
        bounds = [found.get_bounds() for found in document[0].get_objects(max_depth=1)]
    assert min(left for left, _, _, _ in bounds) >= 0
    assert max(right for _, _, right, _ in bounds) <= width + 2


def test_plates_are_painted_as_the_family_asks():
    looks = {family: (plate(family).fill, plate(family).ink) for family in Family}
    assert looks[Family.WARNING] == ("#ffffff", "#000000")
    assert {ink for _, ink in list(looks.values())[1:]} == {"#ffffff"}


def test_a_sign_is_a_titled_svg_of_the_same_paths():
    for sign in SIGNS.values():
        root = ElementTree.fromstring(svg(sign))  # noqa: S314 - the product's own document
        title, *paths = root
        assert title.text == sign.name
        assert root.get("viewBox") == "0 0 100 100"
        assert len(paths) == len(marks(sign.key))
        assert all(re.fullmatch(r"[MLCZ\d. -]+", path.get("d")) for path in paths)
    # Up is up: SVG counts from the top, so the lower right corner of a warning triangle has a large y.
    assert 'd="M93.6 94.1' in svg(SIGNS["fire"])


@pytest.mark.parametrize("line", ["blob 1 2 3", "disc 1 2", "use nobody 50 50 1", "fill 1 2 L 3 4", "line x M 1 2"])
def test_a_drawing_that_cannot_be_understood_is_refused_and_quoted(line):
    with pytest.raises(DrawingError, match=line):
        drawing(line, {})
