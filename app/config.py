"""Every setting, with its default and unit. Nothing else in the product reads the environment."""

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Self

PREFIX = "DUAL_"


class SettingError(Exception):
    """A setting that cannot be used; the text says which and what is allowed."""


@dataclass(frozen=True)
class Settings:
    """What an installation may choose. Each field is read from DUAL_<NAME> in the environment.

    Raises SettingError for a value that is no whole number where one is wanted.
    """

    instance: Path = Path("instance")  # folder of the database, the photos and the kept secret
    database_url: str = ""  # served with; empty: a SQLite file in the instance folder
    owner_database_url: str = ""  # migrated with; empty: database_url
    database_connections: int = 16  # connections each process keeps open; under load it opens as many again
    public_host: str = "http://127.0.0.1:8000"  # what a printed QR code points at; up to 27 characters keep it small
    old_addresses: str = ""  # "http://10.0.0.5:8000/Q/{token},/scan.html?code={token}": where codes once pointed
    jwt_secret: str = field(default="", repr=False)  # empty: made once and kept in the instance folder
    access_minutes: int = 15  # minutes an access token lives
    refresh_days: int = 14  # days a refresh token lives
    web_hours: int = 12  # hours a sign-in of the pages lives: one shift
    json_bytes: int = 1_000_000  # bytes of the largest JSON body
    photo_bytes: int = 15_000_000  # bytes of the largest photo
    photo_pixels: int = 50_000_000  # pixels of the largest photo
    min_free_bytes: int = 500_000_000  # bytes the disk keeps free: photos are refused before reports; 0: no limit
    sign_in_tries: int = 5  # wrong passwords in a row before waiting begins
    sign_in_wait_seconds: int = 30  # first wait; it doubles with each further wrong password
    colours: str = ""  # "red=#D7001D,…": other shades of the four colours; empty: the product's
    workbook_bytes: int = 20_000_000  # bytes of the largest workbook
    chain_algorithm: str = "sha256"  # of new events: sha256, or sm3 where OpenSSL has it; old ones keep theirs
    background_jobs: bool = True  # long work is done by a thread of the serving process
    trusted_proxies: int = 0  # reverse proxies in front, whose X-Forwarded-For is believed
    public_minutes: int = 10  # minutes over which visits without an account are counted, by address, in memory alone
    public_reports: int = 10  # reports from one address in that time; each retry counts
    public_photos: int = 30  # photos from one address in that time
    wrong_receipts: int = 10  # wrong receipt codes from one address in that time
    public_checks: int = 60  # prints checked without an account from one address in that time
    point_reports_hour: int = 20  # reports without an account at one risk point in an hour
    point_reports_day: int = 60  # reports without an account at one risk point in a day
    internal_receivers: str = ""  # "http://10.0.0.5:9000,…": origins of one's own network that channels may send to
    smtp_host: str = ""  # the mail server channels send by; empty: mail channels are not configured
    smtp_port: int = 465  # 465: encrypted from the start; others by STARTTLS, without which no password is sent
    smtp_user: str = ""
    smtp_password: str = field(default="", repr=False)
    smtp_from: str = ""  # the sender's mail address; empty: smtp_user
    secure_cookies: bool = False  # true wherever the pages are served over https

    @classmethod
    def from_environment(cls, **given: object) -> Self:
        """Read the environment; what is `given` by name wins."""
        chosen: dict[str, object] = {}
        for setting in fields(cls):
            text = os.environ.get(PREFIX + setting.name.upper())
            if text is not None:
                chosen[setting.name] = _parse(setting.name, text, type(setting.default))
        return cls(**{**chosen, **given})  # type: ignore[arg-type]  # each value was parsed to its field's type

    @property
    def served_database(self) -> str:
        """The address the application is served with."""
        return self.database_url or f"sqlite:///{(self.instance / 'dual.db').absolute()}"

    @property
    def owner_database(self) -> str:
        """The address migrations run with."""
        return self.owner_database_url or self.served_database

    @property
    def print_folder(self) -> Path:
        """Where the files of print orders lie until they expire."""
        return self.instance / "prints"

    @property
    def photo_folder(self) -> Path:
        """Where the bytes of photos lie."""
        return self.instance / "photos"

    def kept_secret(self) -> str:
        """The signing secret: as given, else made once at random and kept readable by its owner alone."""
        if self.jwt_secret:
            if len(self.jwt_secret) < 32:
                raise SettingError("DUAL_JWT_SECRET 至少需要 32 个字符，请换用随机生成的密钥")
            return self.jwt_secret
        return kept(self.instance / "jwt-secret", lambda: secrets.token_urlsafe(48))


def kept(path: Path, make: Callable[[], str]) -> str:
    """The text of a file that is made once; two processes that start together agree on one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="utf-8")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        text = make()
        file.write(text)
    return text


def _parse(name: str, text: str, kind: type) -> object:
    if kind is bool:
        if text.lower() not in ("true", "false"):
            raise SettingError(f"{PREFIX}{name.upper()} 只能是 true 或 false")
        return text.lower() == "true"
    if kind is int:
        if not text.isdecimal():
            raise SettingError(f"{PREFIX}{name.upper()} 应为不带符号的整数")
        return int(text)
    return Path(text) if issubclass(kind, Path) else text
