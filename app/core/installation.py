"""What this installation was given, for rooms that know no Flask: its settings and its store of bytes."""

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from flask import current_app

from app.config import Settings
from app.core.actor import Actor
from app.core.storage import Store


def settings() -> Settings:
    """The settings the application was made with."""
    return cast(Settings, current_app.config["SETTINGS"])


def store() -> Store:
    """Where the bytes of photos lie."""
    return cast(Store, current_app.extensions["store"])


def print_store() -> Store:
    """Where the files of print orders lie until they expire."""
    return cast(Store, current_app.extensions["prints"])


def caption_of(actor: Actor, subject_id: UUID, purpose: str) -> dict[str, str]:
    """What is known of the record a photo belongs to: its `code`, `place` and `person`, as a higher room tells it."""
    return cast(dict[str, str], current_app.extensions["caption_of"](actor, subject_id, purpose))


def levels_confirmed(actor: Actor, confirmed: Sequence[tuple[Any, UUID, Any]]) -> None:
    """Let a higher room tell the people concerned: points, the round of each and the level it was confirmed at before.

    It is told within the transaction that is open.
    """
    current_app.extensions["levels_confirmed"](actor, confirmed)
