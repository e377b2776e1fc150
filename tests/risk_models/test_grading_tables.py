"""Every factor combination of every packaged profile against the published cut-offs, both sides of each."""

from decimal import Decimal
from itertools import product

import pytest

from risk_models import RiskLevel, describe, grade, profiles

RED, ORANGE, YELLOW, BLUE = RiskLevel

# The lowest score of red, orange and yellow, as integers; what lies below is blue.
LS_CUTS = {
    "ls-shandong": (20, 15, 9),
    "ls-b": (20, 15, 6),
    "ls-c": (17, 11, 5),
    "ls-d": (15, 8, 4),
    "ls-f": (20, 9, 4),
    "ls-g": (17, 10, 5),
    "ls-coal-6x6": (30, 18, 8),
}
# The level of every attainable score, for the two tables that disagree most.
LS_BY_SCORE = {
    "ls-shandong": {RED: {20, 25}, ORANGE: {15, 16}, YELLOW: {9, 10, 12}, BLUE: {1, 2, 3, 4, 5, 6, 8}},
    "ls-d": {RED: {15, 16, 20, 25}, ORANGE: {8, 9, 10, 12}, YELLOW: {4, 5, 6}, BLUE: {1, 2, 3}},
}
# Factors times ten, so that the expected score is an integer (D times 100 for L·E) and owes nothing to Decimal.
LEC_L = {"10": 100, "6": 60, "3": 30, "1": 10, "0.5": 5, "0.2": 2, "0.1": 1}
LEC_E = {"10": 100, "6": 60, "3": 30, "2": 20, "1": 10, "0.5": 5}
LEC_C = {"100": 100, "40": 40, "15": 15, "7": 7, "3": 3, "1": 1}
LEC_ROWS = list(product(LEC_L, LEC_E, LEC_C))


def lec_hundredths(row: tuple[str, str, str]) -> int:
    return LEC_L[row[0]] * LEC_E[row[1]] * LEC_C[row[2]]


def lec_expected(profile: str, hundredths: int) -> tuple[RiskLevel, str]:
    """The published cut-offs on 100·D, written out a second time."""
    d = hundredths
    if profile == "lec-classic-five":
        names = [(32000, RED, "极其危险"), (16000, ORANGE, "高度危险"), (7000, YELLOW, "显著危险")]
        found = next(((level, name) for cut, level, name in names if d >= cut), None)
        return found or (BLUE, "一般危险" if d > 2000 else "稍有危险")
    if profile == "lec-strict":
        level = RED if d > 32000 else ORANGE if d > 16000 else YELLOW if d > 7000 else BLUE
    elif profile == "lec-coal":
        level = RED if d >= 16000 else ORANGE if d >= 7000 else YELLOW if d >= 2000 else BLUE
    else:
        level = RED if d >= 32000 else ORANGE if d >= 16000 else YELLOW if d >= 7000 else BLUE
    return level, level.label


@pytest.mark.parametrize("profile", LS_CUTS)
def test_every_ls_combination_has_the_published_level(profile: str) -> None:
    top = 6 if profile == "ls-coal-6x6" else 5
    red, orange, yellow = LS_CUTS[profile]
    for likelihood, severity in product(range(1, top + 1), repeat=2):
        score = likelihood * severity
        expected = RED if score >= red else ORANGE if score >= orange else YELLOW if score >= yellow else BLUE
        result = grade("LS", {"L": likelihood, "S": severity}, profile)
        assert (result.score, result.level, result.profile) == (score, expected, profile)


@pytest.mark.parametrize("profile", LS_BY_SCORE)
def test_every_attainable_ls_score_is_in_the_published_set(profile: str) -> None:
    by_level: dict[RiskLevel, set[int]] = {level: set() for level in RiskLevel}
    for likelihood, severity in product(range(1, 6), repeat=2):
        result = grade("LS", {"L": likelihood, "S": severity}, profile)
        by_level[result.level].add(int(result.score))
    assert by_level == LS_BY_SCORE[profile]


def test_the_published_tables_disagree_on_fifteen_and_twelve() -> None:
    five_by_five = [name for name in LS_CUTS if name != "ls-coal-6x6"]
    fifteen = [grade("LS", {"L": 3, "S": 5}, name).level for name in five_by_five]
    twelve = [grade("LS", {"L": 3, "S": 4}, name).level for name in five_by_five]
    assert (fifteen.count(ORANGE), fifteen.count(RED)) == (5, 1)
    assert (twelve.count(YELLOW), twelve.count(ORANGE)) == (2, 4)


@pytest.mark.parametrize(
    ("likelihood", "severity", "name"),
    [
        (1, 1, "低风险（5级）"),
        (1, 3, "低风险（5级）"),
        (1, 4, "低风险（4级）"),
        (2, 4, "低风险（4级）"),
        (3, 3, "一般风险（3级）"),
        (3, 5, "较大风险（2级）"),
        (4, 5, "重大风险（1级）"),
    ],
)
def test_shandong_names_five_classes(likelihood: int, severity: int, name: str) -> None:
    assert grade("LS", {"L": likelihood, "S": severity}).level_name == name


@pytest.mark.parametrize("profile", ["lec-four", "lec-classic-five", "lec-strict", "lec-coal"])
def test_every_lec_combination_has_the_published_level(profile: str) -> None:
    for row in LEC_ROWS:
        hundredths = lec_hundredths(row)
        result = grade("LEC", dict(zip("LEC", row, strict=True)), profile)
        assert result.score == Decimal(hundredths) / 100
        assert (result.level, result.level_name) == lec_expected(profile, hundredths), row


def test_the_standard_lec_scale_has_252_combinations_and_103_scores_without_160_and_320() -> None:
    scores = [grade("LEC", dict(zip("LEC", row, strict=True))).score for row in LEC_ROWS]
    assert (len(scores), len(set(scores))) == (252, 103)
    assert not {Decimal(160), Decimal(320)} & set(scores)


@pytest.mark.parametrize(
    ("profile", "seventy", "twenty"),
    [
        ("lec-four", (YELLOW, "一般风险"), (BLUE, "低风险")),
        ("lec-classic-five", (YELLOW, "显著危险"), (BLUE, "稍有危险")),
        ("lec-strict", (BLUE, "低风险"), (BLUE, "低风险")),
        ("lec-coal", (ORANGE, "较大风险"), (YELLOW, "一般风险")),
    ],
)
def test_seventy_and_twenty_show_the_side_a_boundary_belongs_to(
    profile: str, seventy: tuple[RiskLevel, str], twenty: tuple[RiskLevel, str]
) -> None:
    for factors in ({"L": 10, "E": 1, "C": 7}, {"L": 1, "E": 10, "C": 7}):
        result = grade("LEC", factors, profile)
        assert (result.score, result.level, result.level_name) == (70, *seventy)
    result = grade("LEC", {"L": "0.2", "E": 1, "C": 100}, profile)
    assert (result.score, result.level, result.level_name) == (20, *twenty)


@pytest.mark.parametrize(
    ("profile", "factors", "score", "level"),
    [
        ("lec-four", ("6", "6", "7"), 252, ORANGE),
        ("lec-four", ("1", "3", "100"), 300, ORANGE),
        ("lec-four", ("6", "6", "15"), 540, RED),
        ("lec-four", ("10", "1", "15"), 150, YELLOW),
        ("lec-four", ("6", "2", "15"), 180, ORANGE),
        ("lec-four", ("3", "3", "7"), 63, BLUE),
        ("lec-four", ("1", "2", "40"), 80, YELLOW),
        ("lec-coal", ("10", "1", "15"), 150, ORANGE),
        ("lec-coal", ("6", "3", "1"), 18, BLUE),
        ("lec-coal", ("6", "2", "15"), 180, RED),
    ],
)
def test_the_nearest_scores_on_both_sides_of_a_threshold(
    profile: str, factors: tuple[str, str, str], score: int, level: RiskLevel
) -> None:
    result = grade("LEC", dict(zip("LEC", factors, strict=True)), profile)
    assert (result.score, result.level) == (score, level)


def test_all_the_published_tables_come_with_the_library_and_one_of_each_method_is_the_default() -> None:
    listed = profiles()
    assert {entry["name"] for entry in listed} == {
        *LS_CUTS,
        "lec-four",
        "lec-classic-five",
        "lec-strict",
        "lec-coal",
    }
    assert [entry["name"] for entry in listed if entry["default"]] == ["ls-shandong", "lec-four"]
    assert grade("LS", {"L": 1, "S": 1}).profile == "ls-shandong"
    assert grade("LEC", {"L": 1, "E": 1, "C": 1}).profile == "lec-four"


@pytest.mark.parametrize("name", [entry["name"] for entry in profiles()])
def test_every_profile_describes_itself_for_a_form(name: str) -> None:
    document = describe(name)
    assert document["name"] == name
    assert document["source"]
    assert document["certainty"] in {"law", "source", "practice", "recall"}
    assert [factor["code"] for factor in document["factors"]] == list(document["method"])
    for factor in document["factors"]:
        for step in factor["scale"]:
            assert isinstance(step["value"], str)
            assert step["meaning"]
    assert {band["level"] for band in document["bands"]} == {"red", "orange", "yellow", "blue"}
    assert all(band["range"] and band["level_name"] for band in document["bands"])


def test_severity_and_consequence_are_described_by_their_five_viewpoints() -> None:
    severity = describe("ls-shandong")["factors"][1]["scale"]
    assert [list(step["dimensions"]) for step in severity] == [["法律法规", "人员", "直接经济损失", "停工", "声誉"]] * 5
    consequence = describe("lec-four")["factors"][2]["scale"]
    assert [list(step["dimensions"]) for step in consequence] == [
        ["法律法规", "人员", "直接经济损失", "环境", "声誉"]
    ] * 6


def test_the_two_loss_tables_differ_and_the_other_viewpoints_do_not() -> None:
    for shandong, other in zip(
        describe("ls-shandong")["factors"][1]["scale"], describe("ls-b")["factors"][1]["scale"], strict=True
    ):
        losses = (shandong["dimensions"].pop("直接经济损失"), other["dimensions"].pop("直接经济损失"))
        assert shandong == other
        assert (losses[0] == losses[1]) == (shandong["value"] == "1")
