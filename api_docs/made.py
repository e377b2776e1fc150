"""The two files that are made and committed: the document and the guide's page on the life of a hidden hazard."""

import json
import secrets
from pathlib import Path
from tempfile import TemporaryDirectory

from api_docs import lifecycle
from api_docs.openapi import document
from app import create_app
from app.config import Settings

HERE = Path(__file__).parent


def made_files() -> dict[Path, str]:
    """The text of each made file; the same code makes the same text."""
    with TemporaryDirectory() as folder:
        app = create_app(Settings(instance=Path(folder), jwt_secret=secrets.token_hex(32)))
        described = document(app)
    return {
        HERE / "openapi.json": json.dumps(described, ensure_ascii=False, indent=1) + "\n",
        HERE / "guide" / "lifecycle.md": lifecycle.page(),
    }
