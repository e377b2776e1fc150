"""The four papers of a post 两单两卡 as a kind of print that can be ordered: a document for each unit with points."""

from collections.abc import Sequence
from typing import Any

from app.core.actor import Actor
from app.printing.card_orders import CARD_PAPERS, drawn_on
from app.printing.catalogue import Format, Kind, Prepared
from app.printing.choosing import chosen_by, subject_of
from app.printing.models import PrintKind
from app.printing.post_cards import post_cards
from app.printing.post_cards_word import post_cards_word
from app.printing.post_gather import concerned_by, post_cards_of, units_with_points

UNIT = frozenset({"unit_id"})


def _units(actor: Actor, asked: dict[str, Any]) -> list[str]:
    """The chosen units; a leader's are his own and those below it."""
    chosen = chosen_by(subject_of(actor, asked, UNIT))
    return [str(unit.id) for unit in units_with_points(actor, chosen.get("unit_id"))]


def _cards(actor: Actor, subjects: Sequence[str]) -> dict[str, Prepared]:
    said = post_cards_of(actor, subjects)
    return {subject: Prepared(cards.title, cards) for subject, cards in said.items()}


POST_CARDS = Kind(
    kind=PrintKind.POST_CARDS,
    takes=UNIT | {"paper"},
    subjects=_units,
    papers=CARD_PAPERS,
    hung=True,
    gather=_cards,
    draws={Format.PDF: drawn_on(post_cards, CARD_PAPERS), Format.DOCX: drawn_on(post_cards_word, CARD_PAPERS)},
    concerns=concerned_by,
)
