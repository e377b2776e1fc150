"""Ids are UUIDv7, made by the client where the client may be offline and here otherwise."""

from uuid import UUID

import uuid_utils.compat


def new_id() -> UUID:
    """A fresh UUIDv7."""
    return uuid_utils.compat.uuid7()
