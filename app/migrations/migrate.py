"""Bringing a database up to date, from code: for the command line, the demo and the tests."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from alembic import command
from alembic.config import Config
from alembic.script import Script

from app.config import Settings

VERSIONS = Path(__file__).parent / "versions"


def alembic(settings: Settings) -> Config:
    """Alembic's configuration for an installation; there is no ini file to keep in step."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["settings"] = settings
    return config


def upgrade(settings: Settings) -> None:
    """Migrate to the newest version, as the owner."""
    command.upgrade(alembic(settings), "head")


def write_new(message: str) -> Path:
    """Write the migration that leads to the models as they are now, for a person to review; gives the new file."""
    with TemporaryDirectory() as folder:
        config = alembic(Settings(instance=Path(folder)))
        command.upgrade(config, "head")
        number = 1 + max(int(path.name[:4]) for path in VERSIONS.glob("[0-9]*.py"))
        written = command.revision(config, message=message, autogenerate=True, rev_id=f"{number:04d}")
    return Path(cast(Script, written).path)
