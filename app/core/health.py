"""Whether the process lives, and whether it can do its work: for whoever watches it."""

import os
from typing import Any

from flask import current_app
from sqlalchemy import text

from app.core.db import session
from app.core.endpoint import ANYWHERE, PUBLIC, Routes
from app.core.handlers import Unavailable

routes = Routes("health")


@routes.read("/healthz", PUBLIC, within=ANYWHERE)
def live() -> dict[str, Any]:
    """The process answers."""
    return {"status": "live"}


@routes.read("/readyz", PUBLIC, within=ANYWHERE)
def ready() -> dict[str, Any]:
    """The database answers and photos can be stored. Raises Unavailable otherwise."""
    session().execute(text("SELECT 1 FROM ledgers LIMIT 1"))
    folder = current_app.config["SETTINGS"].photo_folder
    folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK):
        raise Unavailable("照片存储不可写，请检查磁盘。", facts={"retry_after": 30})
    return {"status": "ready"}
