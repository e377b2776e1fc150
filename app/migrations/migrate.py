"""Bringing a database up to date, from code: for the command line, the demo and the tests."""

from pathlib import Path

from alembic import command
from alembic.config import Config

from app.config import Settings


def alembic(settings: Settings) -> Config:
    """Alembic's configuration for an installation; there is no ini file to keep in step."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["settings"] = settings
    return config


def upgrade(settings: Settings) -> None:
    """Migrate to the newest version, as the owner."""
    command.upgrade(alembic(settings), "head")


def write_new(settings: Settings, message: str) -> None:
    """Write the migration from the database as it is to the models, for a person to review."""
    command.revision(alembic(settings), message=message, autogenerate=True)
