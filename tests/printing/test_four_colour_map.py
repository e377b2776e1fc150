from io import BytesIO

import pytest
from PIL import Image

from app.printing.four_colour_map import MapPoint, ZoneShape, four_colour_map
from qr import fonts
from risk_models import RiskLevel

SQUARE = ((20, 20), (180, 20), (180, 130), (20, 130))


def test_the_map_says_title_level_shown_version_date_and_north(make_map, printed):
    paper = printed(four_colour_map(make_map()))
    for text in ("安全风险四色分布图", "图中颜色表示：现状风险等级", "版本：3", "2026-07-01", "北", "东湖化工有限公司"):
        assert text in paper.text
    assert [round(side / 72 * 25.4) for side in paper.sizes[0]] == [420, 297]


def test_the_legend_and_the_zones_say_every_level_in_words(make_map, printed):
    text = printed(four_colour_map(make_map())).texts[0]
    for level in RiskLevel:
        assert f"{level.label}（{level.colour_name}色）" in text
    for zone in make_map().zones:
        assert zone.name in text
    assert text.count("未评估") >= 3


def test_a_zone_is_tinted_over_the_plan_and_an_unassessed_one_is_hatched_in_no_colour(make_map, printed):
    grey = Image.new("RGB", (400, 300), "#808080")
    buffer = BytesIO()
    grey.save(buffer, "PNG")

    def colours(level):
        plan = make_map(background=buffer.getvalue(), zones=(ZoneShape("库", SQUARE, level),), points=())
        picture = printed(four_colour_map(plan)).picture(dpi=72)
        # A corner of the zone, inside its outline and away from its name.
        return picture.crop((80, 175, 140, 200)).getcolors(5000)

    red, green, _ = max(colours(RiskLevel.RED))[1]
    assert red > 150 > 100 > green
    hatched = [colour for _, colour in colours(None)]
    assert len(hatched) > 1
    assert all(max(colour) - min(colour) <= 16 for colour in hatched)


def test_dots_are_numbered_and_listed_by_name(make_map, printed):
    text = printed(four_colour_map(make_map())).text
    assert "1FX-0001液氨储罐重大风险（红色）" in text
    assert "2FX-0002气相色谱仪低风险（蓝色）" in text


def test_a_long_list_goes_on_over_further_pages(make_map, printed):
    points = tuple(MapPoint(f"FX-{n:04}", f"泵 P-{n}", RiskLevel.YELLOW, 100, 100) for n in range(1, 501))
    paper = printed(four_colour_map(make_map(points=points)))
    assert len(paper.texts) > 2
    assert all(point.code in paper.text for point in points)
    assert paper.stays_on_its_pages()


def test_points_and_zones_beyond_the_plan_stay_on_the_page(make_map, printed):
    zone = ZoneShape("界外", ((-900, -900), (900, -900), (900, 900)), RiskLevel.YELLOW)
    plan = make_map(zones=(zone,), points=(MapPoint("FX-0001", "界外点", None, 5000, -5000),))
    picture = printed(four_colour_map(plan)).picture(dpi=36)
    assert {picture.getpixel((x, picture.height - 4)) for x in range(picture.width)} == {(255, 255, 255)}


def test_text_is_drawn_as_typed_and_a_long_name_stands_in_full_in_the_list(make_map, printed):
    awkward = "<b>粗</b>&<NAME>" + "很长的名字" * 12
    plan = make_map(zones=(ZoneShape(awkward, SQUARE, None),), points=(MapPoint("A&B", awkward, None, 1, 1),))
    paper = printed(four_colour_map(plan))
    assert paper.text.count(awkward) >= 2


def test_a_zone_whose_name_does_not_fit_has_a_letter_on_the_map_and_in_the_list(make_map, printed):
    paper = printed(four_colour_map(make_map(zones=(ZoneShape("很长的名字" * 20, SQUARE, RiskLevel.RED),))))
    assert "A分区很长的名字" in paper.text
    assert "写不下名称的分区标字母" in paper.text
    assert "标字母" not in printed(four_colour_map(make_map())).text


@pytest.mark.parametrize(("width", "height"), [(400, 300), (1200, 500), (2000, 300), (300, 900)])
def test_the_plan_keeps_its_shape_and_everything_stays_on_the_page(width, height, make_map, printed):
    zone = ZoneShape("库", ((0, 0), (width, 0), (width, height), (0, height)), RiskLevel.RED)
    points = tuple(MapPoint(f"FX-{n:04}", f"泵 P-{n}", RiskLevel.RED, width / 2, height / 2) for n in range(1, 81))
    paper = printed(four_colour_map(make_map(plan_width=width, plan_height=height, zones=(zone,), points=points)))
    assert all(point.code in paper.text for point in points)
    assert paper.stays_on_its_pages()
    large = [box for box in paper.bounds[0] if box[3] - box[1] > 100 and box[2] - box[0] > 100]
    assert any(abs((right - left) / (top - low) - width / height) < 0.05 for left, low, right, top in large)


def test_fonts_are_embedded_as_subsets_with_unicode(make_map, printed):
    found = printed(four_colour_map(make_map())).fonts()
    assert set(found.values()) == {(True, True, True)}
    assert {name.split("+")[1] for name in found} == {fonts.REGULAR, fonts.BOLD}


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"plan_width": 0}, "没有尺寸"), ({"zones": (ZoneShape("库", ((0, 0), (1, 1)), None),)}, "少于三个点")],
)
def test_a_map_that_cannot_be_drawn_is_refused(changes, said, make_map):
    with pytest.raises(ValueError, match=said):
        four_colour_map(make_map(**changes))


def test_a_point_raised_now_is_ringed_and_says_both_levels(make_map, printed):
    raised = MapPoint("FX-0001", "液氨储罐", RiskLevel.BLUE, 100, 75, now=RiskLevel.RED)
    paper = printed(four_colour_map(make_map(points=(raised,), zones=())))
    assert "1FX-0001液氨储罐低风险（蓝色）现重大风险（红色）" in paper.text
    assert "外圈颜色为当前等级" in paper.text
    calm = printed(
        four_colour_map(make_map(points=(MapPoint("FX-0001", "液氨储罐", RiskLevel.BLUE, 100, 75),), zones=()))
    )
    assert "外圈" not in calm.text

    def reds(sheet):
        return sum(n for n, (r, g, b) in sheet.picture(dpi=72).getcolors(1_000_000) if r > 180 and g < 60 and b < 60)

    assert reds(paper) > reds(calm) + 40  # the ring itself, and the row of the list stays blue
