from io import BytesIO
from itertools import combinations

import pytest
import zxingcpp
from PIL import Image

from app.printing.four_colour_map import four_colour_maps, four_colour_maps_svg
from app.printing.map_content import MapPoint, ZoneShape
from app.printing.map_layout import LARGER, Frame
from app.printing.map_marks import DOT
from app.printing.placing import Box
from app.printing.stamp import Look, Paper
from qr import fonts
from risk_models import RiskLevel

SQUARE = ((20, 20), (180, 20), (180, 130), (20, 130))
A3 = Look(Paper.A3, landscape=True)
PAPERS = [Look(paper, landscape) for paper in LARGER for landscape in (True, False)]


def picture(colour="#808080", size=(400, 300)):
    buffer = BytesIO()
    Image.new("RGB", size, colour).save(buffer, "PNG")
    return buffer.getvalue()


def test_the_map_says_plan_floor_level_shown_version_date_code_and_north(make_map, printed_map, stamp):
    paper = printed_map(make_map())
    said = (
        "安全风险四色分布图",
        "总平面图",
        "一层",
        "图中颜色表示：现状风险等级",
        "第3版",
        "2026-07-01",
        "7KQ2-M4XD",
        "北",
    )
    for text in (*said, "东湖化工有限公司"):
        assert text in paper.text
    codes = zxingcpp.read_barcodes(paper.picture(dpi=200))
    assert [code.text for code in codes] == [stamp.address]


@pytest.mark.parametrize(
    "look", PAPERS, ids=lambda look: f"{look.paper}-{'landscape' if look.landscape else 'upright'}"
)
def test_every_paper_holds_map_legend_and_the_whole_list(look, make_map, printed_map):
    points = tuple(MapPoint(f"FX-{n:04}", f"泵 P-{n}", RiskLevel.YELLOW, n, n, zone=0) for n in range(1, 81))
    paper = printed_map(make_map(points=points), look)
    sides = {"a4": (210, 297), "a3": (297, 420), "a2": (420, 594), "a1": (594, 841)}[look.paper]
    assert [round(side / 72 * 25.4) for side in paper.sizes[0]] == sorted(sides, reverse=look.landscape)
    assert all(point.code in paper.text for point in points)
    assert "分区0风险点80" in paper.text
    assert paper.stays_on_its_pages()


@pytest.mark.parametrize(("paper", "least"), [("a4", 7.5), ("a3", 9), ("a2", 11), ("a1", 15)])
def test_text_is_larger_on_a_larger_paper(paper, least, make_map):
    frame = Frame(make_map(), Look(Paper(paper), landscape=True))
    assert 9 * frame.larger >= least
    assert frame.width * frame.larger == pytest.approx(frame.look.size[0])


def test_the_legend_counts_zones_and_points_of_every_level_in_words(make_map, printed_map):
    text = printed_map(make_map()).text
    for level in RiskLevel:
        assert f"{level.label}（{level.colour_name}色）" in text
    for zone in make_map().zones:
        assert zone.name in text
    assert text.count("未评估") >= 2
    assert text.count("分区1风险点1") == 2  # red and blue
    assert text.count("分区1风险点0") == 1  # not assessed
    assert text.count("分区0风险点0") == 2


def test_a_zone_is_tinted_over_the_plan_and_an_unassessed_one_is_hatched_in_no_colour(make_map, printed_map):
    def colours(level):
        paper = printed_map(make_map(zones=(ZoneShape("库", SQUARE, level),), points=()), picture=picture())
        # A corner of the zone, inside its outline and away from its name.
        return paper.picture(dpi=72).crop((80, 190, 140, 215)).getcolors(5000)

    red, green, _ = max(colours(RiskLevel.RED))[1]
    assert red > 150 > 100 > green
    hatched = [colour for _, colour in colours(None)]
    assert len(hatched) > 1
    assert all(max(colour) - min(colour) <= 16 for colour in hatched)


@pytest.mark.parametrize(
    "inner", [((60, 60), (140, 60), (140, 110), (60, 110)), ((100, 60), (300, 60), (300, 110), (100, 110))]
)
def test_where_zones_lie_on_one_another_only_one_colour_is_seen(inner, make_map, printed_map):
    """Blue on red would look purple; a zone inside is seen, and of two that overlap the worse one."""
    zones = (ZoneShape("", SQUARE, RiskLevel.BLUE), ZoneShape("", inner, RiskLevel.RED))
    content = make_map(zones=zones, points=())
    shown = printed_map(content).picture(dpi=72)
    frame = Frame(content, A3)
    drawing = frame.drawings(None)[0]
    scale = (drawing.area.right - drawing.area.left) / 400
    x, y = drawing.area.left + 136 * scale, frame.height - drawing.area.top + 104 * scale
    red, green, blue = shown.getpixel((round(x), round(y)))
    assert red > 220
    assert abs(green - blue) < 20


def test_dots_are_numbered_and_listed_by_name(make_map, printed_map):
    text = printed_map(make_map()).text
    assert "1FX-0001液氨储罐重大风险（红色）" in text
    assert "2FX-0002气相色谱仪低风险（蓝色）" in text


def test_a_long_list_goes_on_over_further_pages_each_with_title_and_code(make_map, printed_map):
    points = tuple(MapPoint(f"FX-{n:04}", f"泵 P-{n}", RiskLevel.YELLOW, 100, 100) for n in range(1, 501))
    paper = printed_map(make_map(points=points))
    assert len(paper.texts) > 2
    assert all(point.code in paper.text for point in points)
    assert all("总平面图" in text and "7KQ2-M4XD" in text for text in paper.texts)
    assert paper.stays_on_its_pages()


def test_points_and_zones_beyond_the_plan_stay_on_the_page(make_map, printed_map):
    zone = ZoneShape("界外", ((-900, -900), (900, -900), (900, 900)), RiskLevel.YELLOW)
    paper = printed_map(make_map(zones=(zone,), points=(MapPoint("FX-0001", "界外点", None, 5000, -5000),)))
    shown = paper.picture(dpi=36)
    assert {shown.getpixel((x, shown.height - 4)) for x in range(shown.width)} == {(255, 255, 255)}


def test_text_is_drawn_as_typed_and_a_long_name_stands_in_full_in_the_list(make_map, printed_map):
    awkward = "<b>粗</b>&<NAME>" + "很长的名字" * 12
    zones = (ZoneShape(awkward, SQUARE, None),)
    paper = printed_map(make_map(zones=zones, points=(MapPoint("A&B", awkward, None, 1, 1),)))
    assert paper.text.count(awkward) >= 2


def test_a_zone_whose_name_does_not_fit_has_a_letter_on_the_map_and_in_the_list(make_map, printed_map):
    paper = printed_map(make_map(zones=(ZoneShape("很长的名字" * 20, SQUARE, RiskLevel.RED),)))
    assert "A分区很长的名字" in paper.text
    assert "写不下名称的分区标字母" in paper.text
    assert "标字母" not in printed_map(make_map()).text


@pytest.mark.parametrize(("width", "height"), [(400, 300), (1200, 500), (2000, 300), (300, 900)])
def test_the_plan_keeps_its_shape(width, height, make_map):
    area = Frame(make_map(width=width, height=height), A3).drawings(None)[0].area
    assert (area.right - area.left) / (area.top - area.bottom) == pytest.approx(width / height)


def test_fonts_are_embedded_as_subsets_with_unicode(make_map, printed_map):
    found = printed_map(make_map()).fonts()
    assert set(found.values()) == {(True, True, True)}
    assert {name.split("+")[1] for name in found} == {fonts.REGULAR, fonts.BOLD}


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"width": 0}, "没有尺寸"), ({"zones": (ZoneShape("库", ((0, 0), (1, 1)), None),)}, "少于三个点")],
)
def test_a_map_that_cannot_be_drawn_is_refused(changes, said, make_map, printed_map):
    with pytest.raises(ValueError, match=said):
        printed_map(make_map(**changes))


@pytest.mark.parametrize("draw", [four_colour_maps, four_colour_maps_svg])
def test_a_print_of_no_map_is_refused(draw):
    with pytest.raises(ValueError, match="没有可打印的"):
        draw([], A3, lambda content: None)


def test_a_point_raised_now_is_ringed_and_says_both_levels(make_map, printed_map):
    raised = MapPoint("FX-0001", "液氨储罐", RiskLevel.BLUE, 100, 75, now=RiskLevel.RED)
    paper = printed_map(make_map(points=(raised,), zones=()))
    assert "1FX-0001液氨储罐低风险（蓝色）现重大风险（红色）" in paper.text
    assert "外圈颜色为当前等级" in paper.text
    calm = printed_map(make_map(points=(MapPoint("FX-0001", "液氨储罐", RiskLevel.BLUE, 100, 75),), zones=()))
    assert "外圈" not in calm.text

    def reds(sheet):
        return sum(n for n, (r, g, b) in sheet.picture(dpi=72).getcolors(1_000_000) if r > 180 and g < 60 and b < 60)

    assert reds(paper) > reds(calm) + 40  # the ring itself, and the row of the list stays blue


def test_a_zone_without_points_is_neither_hatched_nor_counted_as_unassessed(make_map, printed_map):
    def shown(**changes):
        return printed_map(make_map(zones=(ZoneShape("库", SQUARE, None, **changes),), points=()))

    bare, unassessed = shown(empty=True), shown()
    assert "无风险点" in bare.text
    assert "有1个分区无风险点" in bare.text
    assert "未评估分区0" in bare.text
    assert "未评估分区1" in unassessed.text
    assert len(bare.picture(dpi=72).crop((80, 190, 140, 215)).getcolors(5000)) == 1


def test_an_unconfirmed_level_is_marked_in_the_list_and_counted(make_map, printed_map):
    points = (MapPoint("FX-0001", "液氨储罐", RiskLevel.RED, 60, 50, zone=0, unconfirmed=True), make_map().points[1])
    text = printed_map(make_map(points=points)).text
    assert "重大风险（红色）（未确认）" in text
    assert "有1个风险点的辨识结果未确认" in text
    assert "未确认" not in printed_map(make_map()).text


def test_a_plan_of_known_scale_has_a_bar_of_true_length_and_others_say_there_is_none(make_map, printed_map):
    content = make_map(millimetres_per_unit=500)  # 400 units are 200 metres
    frame = Frame(content, A3)
    drawing = frame.drawings(None)[0]
    length, metres, scale = frame.scale_bar(drawing)
    width = (drawing.area.right - drawing.area.left) * frame.larger
    assert length * frame.larger / width == pytest.approx(metres / 200)
    assert scale == pytest.approx(200_000 / (width / 72 * 25.4), rel=0.01)
    text = printed_map(content).text
    assert f"{metres}米" in text
    assert "无比例" not in text
    assert "示意图，无比例" in printed_map(make_map()).text


def test_points_no_plan_shows_are_counted_and_listed_in_full(make_map, printed_map):
    left = tuple(MapPoint(f"FX-09{n:02}", f"管线{n}", RiskLevel.RED) for n in range(12))
    text = printed_map(make_map(elsewhere=left, on_other_plans=7)).text
    assert "其他平面图上另有7个" in text
    assert "另有12个所在分区没有画在任何图上" in text
    assert all(f"—{point.code}{point.name}" in text for point in left)


def test_a_point_without_a_place_stands_in_its_zone_even_where_that_is_hollow(make_map, printed_map):
    ell = ((0, 0), (390, 0), (390, 290), (350, 290), (350, 40), (0, 40))
    content = make_map(zones=(ZoneShape("管廊", ell, RiskLevel.BLUE),), points=(MapPoint("FX-1", "管", None, zone=0),))
    drawing = Frame(content, A3).drawings(None)[0]
    scale = (drawing.area.right - drawing.area.left) / 400
    assert (drawing.dots[0].middle[0] - drawing.area.left) / scale > 350
    assert "有1个风险点未标位置" in printed_map(content).text


def test_a_map_of_nothing_is_a_plan_with_its_legend(make_map, printed_map):
    paper = printed_map(make_map(zones=(), points=()))
    assert len(paper.texts) == 1
    assert "本图0个风险点" in paper.text


def test_maps_of_several_plans_are_one_print_each_with_its_own_pages(make_map, printed, stamp):
    stamped = [(make_map(), stamp), (make_map(width=300), stamp)]
    paper = printed(four_colour_maps(stamped, A3, lambda content: None))
    assert ["第 1 / 1 页" in text for text in paper.texts] == [True, True]


def test_no_label_covers_a_dot_or_another_label(make_map):
    points = tuple(MapPoint(f"FX-{n}", "泵", None, 30 + n * 11 % 340, 30 + n * 7 % 240) for n in range(30))
    drawing = Frame(make_map(points=points), A3).drawings(None)[0]
    boxes = [drawn.label.box for drawn in drawing.zones if drawn.label]
    assert len(boxes) == 3
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
    dots = [Box.around(dot.middle, 2 * DOT, 2 * DOT) for dot in drawing.dots]
    assert not any(box.overlaps(dot) for box in boxes for dot in dots)
