"""What the page of a scan says (pure): the card, cut so that the page stays small on one bar of signal."""

from dataclasses import dataclass

from markupsafe import escape

from app.core.clock import local_text
from app.tags.card import PostedCard
from risk_models import RiskLevel, worst

MOST_RISKS = 6_000  # bytes of HTML; with the steps (at most 12 of 200 characters) the page stays under 50 KB
MOST_MEASURES = 16_000
DIALLED = frozenset("0123456789+*#")


@dataclass(frozen=True)
class Posted:
    """A card ready to be shown."""

    card: PostedCard
    risks: list[str]
    measures: list[str]
    left_out: int  # risks and measures that are to be read after signing in
    raised: RiskLevel | None  # the current level, when it is above the one shown
    dial: str  # the emergency number as a phone dials it; empty when there is none
    old_until: str  # until when a code that was replaced still answers, local; empty for any other


def posted(card: PostedCard) -> Posted:
    """The card as the page shows it."""
    risks, measures = fitting(card.main_risks, MOST_RISKS), fitting(card.measures, MOST_MEASURES)
    highest = worst([card.shown_level, card.current_level])
    return Posted(
        card=card,
        risks=risks,
        measures=measures,
        left_out=len(card.main_risks) + len(card.measures) - len(risks) - len(measures),
        raised=highest if highest is not card.shown_level else None,
        dial=dialled(card.emergency_phone),
        old_until=local_text(card.old_tag.good_until) if card.old_tag else "",
    )


def dialled(number: str) -> str:
    """A number as a phone dials it; empty when there is nothing to dial."""
    return "".join(character for character in number if character in DIALLED)


def fitting(texts: list[str], most_bytes: int) -> list[str]:
    """The first texts that together take at most so many bytes of HTML."""
    taken, kept = 0, []
    for text in texts:
        taken += len(str(escape(text)).encode()) + len("<li></li>\n")
        if taken > most_bytes:
            break
        kept.append(text)
    return kept
