"""Seeding the demo: everything through the services, in the order of its time, all of it or nothing.

The same `today` gives the same content; only ids, tokens and the password are random.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import select

from app.accounts import passwords
from app.accounts import service as accounts
from app.accounts.policy import Role
from app.config import Settings
from app.core import clock
from app.core.actor import Actor, system
from app.core.db import reading, writing
from app.demo import sign_ins
from app.demo.content import ENTERPRISES, REGIONS, SET_UP_DAY, Calendar, document, loaded
from app.demo.planning import plans
from app.demo.plant import set_up
from app.demo.rounds import rounds
from app.demo.sign_ins import Credentials, SignIn
from app.demo.stage import Stage, Watch, acting
from app.demo.stories import GOVERNMENT, stories
from app.enterprises import service as enterprises
from app.enterprises.codes import PLATFORM
from app.enterprises.models import Enterprise
from app.enterprises.schemas import OfficeIn, RegionIn
from app.hidden_hazards.overdue import settle_overdue_of

ADMIN = {"login": "admin", "name": "平台管理员"}

Say = Callable[[str], None]
Regulators = dict[str, Actor]  # by the code of their office's region


class AlreadySeeded(Exception):
    """The database holds enterprises, which a demo must not mix with."""


def is_seeded() -> bool:
    """Whether any enterprise exists."""
    with reading() as session:
        return session.scalar(select(Enterprise.id).limit(1)) is not None


def seed(settings: Settings, *, today: date | None = None, say: Say = lambda line: None) -> Credentials:
    """Fill an empty database with the demo in one transaction, and keep its sign-ins beside the database.

    Everything lies in the twelve weeks before `today`. Raises AlreadySeeded where any enterprise exists.
    """
    if is_seeded():
        raise AlreadySeeded("数据库里已有企业，演示数据只能写入空库。")
    calendar = Calendar(today or clock.today())
    password = sign_ins.new_password()
    with writing():
        start = calendar.moment(SET_UP_DAY, 8)
        with clock.stopped_at(start):
            admin = acting(accounts.add_platform_admin(**ADMIN, password=password))
        password_hash = passwords.hashed(password)
        regulators, of_offices = _add_regions(Watch(start), password_hash)
        say("已建立行政区划和监管机构")
        stages = []
        for name in ENTERPRISES:
            stage = set_up(
                document(name),
                admin=admin,
                password=password,
                password_hash=password_hash,
                start=calendar.moment(SET_UP_DAY, 9),
            )
            stage.actors[GOVERNMENT] = _regulator_of(stage, regulators)
            say(f"{stage.enterprise.name}：{len(stage.points)} 个风险点，正在写入十二周的排查与整改")
            _play(stage, calendar)
            with clock.stopped_at(calendar.moment(1, 23, 59)):  # the story ends yesterday
                settle_overdue_of(system(stage.enterprise.id))
            stages.append(stage)
        credentials = Credentials(password, (*_of_enterprises(stages), *of_offices, _of_platform()))
        sign_ins.keep(settings, credentials)
    say("演示数据已写入")
    return credentials


def _add_regions(watch: Watch, password_hash: str) -> tuple[Regulators, list[SignIn]]:
    """Regions, offices and their people; gives who finds and rechecks in each region, and the sign-ins."""
    told = document(REGIONS)
    for region in told["regions"]:
        watch.do(enterprises.add_region, **loaded(RegionIn, **region))
    finders: Regulators = {}
    accounts_made: list[SignIn] = []
    for entry in told["offices"]:
        described = {name: entry[name] for name in ("code", "name", "trades")}
        office = watch.do(enterprises.add_office, **loaded(OfficeIn, **described, region_code=entry["region"]))
        for person in entry["people"]:
            user = watch.do(
                accounts.add_regulator,
                office.id,
                login=person["login"],
                name=person["name"],
                password_hash=password_hash,
            )
            accounts_made.append(SignIn(office.code, user.login, user.name, Role.REGULATOR, office.name))
            if person["key"] == GOVERNMENT:
                finders[office.region_code] = acting(user, office=office)
    return finders, accounts_made


def _regulator_of(stage: Stage, regulators: Regulators) -> Actor:
    """The regulator of the nearest office over the enterprise's region, acting in the enterprise."""
    region = stage.enterprise.region_code
    nearest = max((code for code in regulators if region.startswith(code)), key=len)
    return replace(regulators[nearest], enterprise_id=stage.enterprise.id)


def _play(stage: Stage, calendar: Calendar) -> None:
    """Let everything happen in the order of its time."""
    for act in sorted(
        [*stories(stage, calendar), *rounds(stage, calendar), *plans(stage, calendar)], key=lambda act: act.at
    ):
        with clock.stopped_at(act.at):
            act.do()


def _of_enterprises(stages: list[Stage]) -> list[SignIn]:
    def sign_in(stage: Stage, person: dict[str, Any]) -> SignIn:
        home = stage.enterprise
        return SignIn(home.code, person["login"], person["name"], Role(person["role"]), home.name)

    return [sign_in(stage, person) for stage in stages for person in stage.document["people"]]


def _of_platform() -> SignIn:
    return SignIn(PLATFORM, ADMIN["login"], ADMIN["name"], Role.PLATFORM_ADMIN, "平台")
