"""Who may sign in to the demo: one password made at random for it, kept readable by its owner alone."""

import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path

from app.accounts.policy import Role
from app.config import Settings

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that reads like something else
FILE = "demo-sign-ins.json"


@dataclass(frozen=True)
class SignIn:
    """An account of the demo: sign in with the code, the login and the demo's password."""

    code: str
    login: str
    name: str
    role: Role
    home: str  # the enterprise or office


@dataclass(frozen=True)
class Credentials:
    """Every account of the demo and the one password of them all."""

    password: str = field(repr=False)
    sign_ins: tuple[SignIn, ...] = ()

    def one_per_role(self) -> list[SignIn]:
        """The first account of each role, in the order of the roles."""
        first = {sign_in.role: sign_in for sign_in in reversed(self.sign_ins)}
        return [first[role] for role in Role if role in first]


def new_password() -> str:
    """A password that can be read out: four groups of four, 79 random bits."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4))


def path(settings: Settings) -> Path:
    """Where the demo's sign-ins are kept."""
    return settings.instance / FILE


def keep(settings: Settings, credentials: Credentials) -> None:
    """Keep the sign-ins, in place of those of a seeding that did not finish."""
    settings.instance.mkdir(parents=True, exist_ok=True)
    path(settings).unlink(missing_ok=True)
    handle = os.open(path(settings), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(asdict(credentials), file, ensure_ascii=False, indent=2)


def kept(settings: Settings) -> Credentials | None:
    """The sign-ins of the demo as they were kept; None where none were."""
    if not path(settings).exists():
        return None
    found = json.loads(path(settings).read_text(encoding="utf-8"))
    sign_ins = tuple(SignIn(**{**entry, "role": Role(entry["role"])}) for entry in found["sign_ins"])
    return Credentials(found["password"], sign_ins)
