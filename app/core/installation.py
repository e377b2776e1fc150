"""What this installation was given, for rooms that know no Flask: its settings and its store of bytes."""

from typing import cast

from flask import current_app

from app.config import Settings
from app.core.storage import Store


def settings() -> Settings:
    """The settings the application was made with."""
    return cast(Settings, current_app.config["SETTINGS"])


def store() -> Store:
    """Where the bytes of photos lie."""
    return cast(Store, current_app.extensions["store"])
