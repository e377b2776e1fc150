"""All kinds of prints, put into the catalogue."""

from app.printing.card_orders import EMERGENCY_CARD, NOTICE_BOARD, WARNING_CARD
from app.printing.catalogue import register
from app.printing.label_orders import LABELS
from app.printing.map_orders import FOUR_COLOUR_MAP
from app.printing.paper_orders import KINDS as PAPERS
from app.printing.post_orders import POST_CARDS


def register_all() -> None:
    """Let every kind be ordered; calling it again changes nothing."""
    register(LABELS, WARNING_CARD, EMERGENCY_CARD, NOTICE_BOARD, POST_CARDS, FOUR_COLOUR_MAP, *PAPERS)
