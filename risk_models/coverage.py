"""Whether the bands of a profile give every attainable score exactly one level, and more score never a lower one."""

from collections.abc import Iterable
from decimal import Decimal
from itertools import pairwise

from risk_models.errors import GradingError, listed
from risk_models.exact import plain
from risk_models.profile import Band, Factor, combinations, score_of


def attainable_scores(factors: tuple[Factor, ...]) -> list[Decimal]:
    """Return the different scores the scales can give, in ascending order."""
    return sorted({score_of(values) for values in combinations(factors)})


def check_coverage(factors: tuple[Factor, ...], bands: tuple[Band, ...]) -> None:
    """Refuse a hole, an overlap, or a level that falls while the score rises. Raises GradingError naming the scores."""
    scores = attainable_scores(factors)
    holding = {score: [band for band in bands if band.holds(score)] for score in scores}
    holes = [score for score in scores if not holding[score]]
    if holes:
        raise GradingError(f"分级有空档：得分 {_few(holes)} 不属于任何一级，请补上分级界限。", code="hole")
    doubled = [score for score in scores if len(holding[score]) > 1]
    if doubled:
        names = listed(band.level_name for band in holding[doubled[0]])
        message = f"分级有重叠：得分 {_few(doubled)} 同时属于{names}，请改成互不重叠的界限。"
        raise GradingError(message, code="overlap")
    for lower, higher in pairwise(scores):
        if holding[higher][0].level.order > holding[lower][0].level.order:
            message = (
                f"分级次序颠倒：得分 {plain(higher)} 的等级（{holding[higher][0].level_name}）"
                f"低于得分 {plain(lower)} 的等级（{holding[lower][0].level_name}）；得分越高，等级不得越低。"
            )
            raise GradingError(message, code="not_monotone")


def _few(scores: Iterable[Decimal]) -> str:
    """Name the first scores; a table without any band would otherwise list them all."""
    written = [plain(score) for score in scores]
    return listed(written[:5]) + (f" 等 {len(written)} 个" if len(written) > 5 else "")
