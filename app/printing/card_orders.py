"""The warning card, the emergency card and the notice board as kinds of prints that can be ordered."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.actor import Actor
from app.core.db import session
from app.core.errors import Conflict, Invalid
from app.enterprises.models import OrgUnit
from app.enterprises.service import get_unit
from app.printing.card import warning_cards
from app.printing.cards_gather import concerned, emergency_cards_of, good_tags, notice_boards_of, warning_cards_of
from app.printing.cards_word import emergency_cards_word, notice_boards_word
from app.printing.catalogue import Draw, Format, Kind, Prepared, Stamped
from app.printing.choosing import subject_of
from app.printing.emergency_card import emergency_cards
from app.printing.models import PrintKind
from app.printing.notice_board import notice_boards
from app.printing.stamp import Look, Paper
from app.risks.models import RiskPoint
from app.tags.service import ensure_issued, points_to_label

POINTS = frozenset({"risk_point_ids", "zone_id", "level", "category", "unit_id"})
LOOK = frozenset({"paper", "landscape"})
BOARD = frozenset({"zone_id", "level", "unit_id"})
_TITLES = {"risk_point_ids": "point_ids"}


def _points(actor: Actor, asked: dict[str, Any]) -> list[str]:
    """The chosen points by code, each with a good tag; issues what is missing.

    Raises Conflict for whoever may not issue tags when a point has none.
    """
    chosen = {_TITLES.get(name, name): asked[name] for name in POINTS - {"unit_id"} if asked.get(name) is not None}
    points = points_to_label(actor, **chosen)
    if asked.get("unit_id"):
        points = _of_unit(actor, points, asked["unit_id"])
    if actor.may("tag:keep"):
        ensure_issued(actor, points)
        return [str(point.id) for point in points]
    good = good_tags(actor, [point.id for point in points])
    without = [point.code for point in points if point.id not in good]
    if without:
        named = "、".join(without[:10]) + (f" 等 {len(without)} 个" if len(without) > 10 else "")
        said = f"这些风险点还没有二维码：{named}。请企业先签发二维码（打印一次标签或告知卡即可），再打印。"
        raise Conflict(said, code="no_tag", facts={"risk_point_codes": without})
    return [str(point.id) for point in points]


def _of_unit(actor: Actor, points: Sequence[RiskPoint], unit_id: UUID) -> list[RiskPoint]:
    """Those of a unit and all below it."""
    path = get_unit(actor, unit_id, field="/unit_id").path
    below = select(OrgUnit.id).where(OrgUnit.enterprise_id == actor.enterprise, OrgUnit.path.startswith(path))
    units = set(session().scalars(below))
    kept = [point for point in points if point.unit_id in units]
    if not kept:
        raise Invalid("所选范围内没有风险点，请重新选择。", code="nothing_selected")
    return kept


def _cards(actor: Actor, keys: Sequence[str]) -> dict[str, Prepared]:
    said = warning_cards_of(actor, keys)
    return {key: Prepared(f"{point.code} {point.name}", card) for key, (point, card) in said.items()}


def _emergencies(actor: Actor, keys: Sequence[str]) -> dict[str, Prepared]:
    said = emergency_cards_of(actor, keys)
    return {key: Prepared(f"{point.code} {point.name}", card) for key, (point, card) in said.items()}


def _boards(actor: Actor, subjects: Sequence[str]) -> dict[str, Prepared]:
    said = notice_boards_of(actor, subjects)
    return {subject: Prepared(board.place or board.enterprise, board) for subject, board in said.items()}


def drawn_on(draw: Callable[[Stamped, Look], bytes], papers: tuple[Paper, ...], *, landscape: bool = False) -> Draw:
    """How it is drawn on the paper an order names, else on the first of these, lying as the kind does by default."""

    def drawn(stamped: Stamped, options: dict[str, Any]) -> bytes:
        paper = Paper(options.get("paper") or papers[0])
        lying = options.get("landscape")
        return draw(stamped, Look(paper, landscape if lying is None else bool(lying)))

    return drawn


CARD_PAPERS = (Paper.A4, Paper.A3)
EMERGENCY_PAPERS = (Paper.A4, Paper.A5)
BOARD_PAPERS = (Paper.A3, Paper.A2, Paper.A1)

WARNING_CARD = Kind(
    kind=PrintKind.WARNING_CARD,
    takes=POINTS | LOOK,
    subjects=_points,
    papers=CARD_PAPERS,
    gather=_cards,
    draws={Format.PDF: drawn_on(warning_cards, CARD_PAPERS)},
    concerns=concerned,
    told=True,
    hung=True,
)
EMERGENCY_CARD = Kind(
    kind=PrintKind.EMERGENCY_CARD,
    takes=POINTS | LOOK,
    subjects=_points,
    papers=EMERGENCY_PAPERS,
    gather=_emergencies,
    draws={
        Format.PDF: drawn_on(emergency_cards, EMERGENCY_PAPERS),
        Format.DOCX: drawn_on(emergency_cards_word, EMERGENCY_PAPERS),
    },
    concerns=concerned,
    hung=True,
)
NOTICE_BOARD = Kind(
    kind=PrintKind.NOTICE_BOARD,
    takes=BOARD | LOOK,
    subjects=lambda actor, asked: [subject_of(actor, asked, BOARD)],
    papers=BOARD_PAPERS,
    gather=_boards,
    draws={
        Format.PDF: drawn_on(notice_boards, BOARD_PAPERS, landscape=True),
        Format.DOCX: drawn_on(notice_boards_word, BOARD_PAPERS, landscape=True),
    },
    hung=True,
)
