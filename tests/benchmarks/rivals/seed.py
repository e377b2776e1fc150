"""What the benchmark's database holds, made through the product's services: many small enterprises and a large one."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from app.accounts import service as accounts
from app.accounts.models import SignIn, User
from app.accounts.policy import Role
from app.accounts.tokens import access_token
from app.assessments import grading
from app.assessments.models import Basis
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import reading, writing
from app.core.ids import new_id
from app.enterprises import service as enterprises
from app.inspections import checklists
from app.inspections import service as inspections
from app.inspections.judging import Result
from app.inspections.models import Checklist
from app.risks.points import add_point
from app.risks.sources import add_measure, add_source
from app.risks.zones import add_zone
from tests.world import HASH, PASSWORD, credit_code

ENTERPRISES = 50
ITEMS = 10
READINGS = 3  # of the items
POINTS = 200  # of the large enterprise
INSPECTIONS = 200  # of the large enterprise
FACTORS = ({"L": "1", "S": "2"}, {"L": "2", "S": "3"}, {"L": "3", "S": "4"}, {"L": "5", "S": "5"})


@dataclass(frozen=True)
class Site:
    """One enterprise as its worker's phone knows it."""

    enterprise_id: UUID
    token: str
    point_id: UUID
    version: int
    keys: Sequence[str]


@dataclass(frozen=True)
class Seeded:
    """The enterprises inspections are spread over, and the token of a worker of the large one."""

    sites: Sequence[Site]
    large: str


def seed() -> Seeded:
    """Fill an empty database; an application context is open."""
    with writing():
        admin = accounts.add_platform_admin(login="admin", name="平台管理员", password=PASSWORD)
        enterprises.add_region(code="219901", name="东湖县")
    keeper, _ = _signed_in(admin)
    sites = [_site(keeper, f"QY{number:03}", points=1) for number in range(ENTERPRISES)]
    return Seeded(sites, _site(keeper, "DX001", points=POINTS, inspected=INSPECTIONS).token)


def _site(keeper: Actor, code: str, *, points: int, inspected: int = 0) -> Site:
    with writing():
        enterprise = enterprises.add_enterprise(
            keeper, code=code, name=f"{code} 有限公司", credit_code=credit_code(code), industry="2614",
            trade="chemical", region_code="219901", emergency_phone="0427-119",
        )  # fmt: skip
        first = accounts.add_first_principal(
            keeper, enterprise.id, login="principal", name="主要负责人", password_hash=HASH
        )
    principal, _ = _signed_in(first)
    with writing():
        unit = enterprises.add_unit(principal, name="一车间", kind="workshop", parent_id=None)
        zone = add_zone(principal, name="罐区", kind="area")
        person = accounts.add_person(
            principal, login="worker", name="王强", role=Role.WORKER, password_hash=HASH, unit_id=unit.id
        )
        made = [
            _point(principal, number, zone_id=zone.id, unit_id=unit.id, responsible_id=person.id)
            for number in range(points)
        ]
        checklist = checklists.publish_checklist(principal, made[0])
    worker, token = _signed_in(person)
    with writing():
        for _ in range(inspected):
            _inspect(worker, made[0], checklist)
    return Site(enterprise.id, token, made[0], checklist.version, [item["key"] for item in checklist.items])


def _point(principal: Actor, number: int, **placed: UUID) -> UUID:
    """A point with one assessed source; the first has everything a checklist is made from."""
    point = add_point(
        principal, name=f"{number + 1}# 液氨储罐", category="equipment", check_cycle="每班",
        latitude=Decimal("41.10") + number * Decimal("0.0001"), longitude=Decimal("122.0500"),
        emergency_steps=["向上风向撤离并报告中控室", "穿戴空气呼吸器后关闭切断阀"], **placed,
    )  # fmt: skip
    source = add_source(principal, point_id=point.id, name="氨泄漏", factor_class="things", accident_types=["中毒"])
    grading.assess(
        principal, source_id=source.id, basis=Basis.RESIDUAL, method="LS", factors=FACTORS[number % len(FACTORS)]
    )
    for item in range(ITEMS if number == 0 else 0):
        reading = {"unit": "MPa", "min": "0.4", "max": "1.6"} if item < READINGS else None
        add_measure(
            principal, source_id=source.id, category="engineering", text=f"措施 {item + 1}",
            check=f"第 {item + 1} 项是否完好", standard="完好、在用、在检验有效期内", reading=reading,
        )  # fmt: skip
    return point.id


def _inspect(worker: Actor, point_id: UUID, checklist: Checklist) -> None:
    """An inspection in which all is in order."""
    items = [
        {"key": item["key"], "result": Result.NORMAL, "reading": Decimal("0.5") if item["reading"] else None}
        for item in checklist.items
    ]
    inspections.record(
        worker, new_id(), point_id=point_id, checklist_version=checklist.version, client_at=now(), items=items,
        note="夜班巡检，现场无异常",
    )  # fmt: skip


def _signed_in(user: User) -> tuple[Actor, str]:
    """The account as an actor, and a token for its requests."""
    sign_in = SignIn(id=new_id(), user_id=user.id)
    with writing() as session:
        session.add(sign_in)
    with reading():
        actor = accounts.actor_of(user.id, sign_in.id)
    return actor, access_token(user.id, sign_in.id)
