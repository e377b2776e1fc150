"""A small world for tests: made through the services, talked to over HTTP."""

import copy
import hashlib
import io
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from app.accounts import service as accounts
from app.accounts.models import SignIn, User
from app.accounts.policy import Role
from app.accounts.tokens import access_token
from app.assessments import grading
from app.assessments.models import Basis
from app.core.actor import Actor
from app.core.db import reading, writing
from app.core.ids import new_id
from app.enterprises import service as enterprises
from app.enterprises.codes import ALPHABET, is_credit_code
from app.enterprises.models import Enterprise, OrgUnit
from app.inspections import checklists
from app.risks.models import HazardSource, RiskPoint, RiskZone
from app.risks.points import add_point
from app.risks.sources import add_measure, add_source
from app.risks.zones import add_zone

API = "/api/v1"
PASSWORD = "correct horse battery"
HASH = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$"  # unusable: those who sign in by password get a real one


class Person:
    """Someone signed in: calls the API with their token."""

    def __init__(self, app: Flask, user: User, sign_in_id: UUID) -> None:
        self.app, self.user, self.sign_in_id = app, user, sign_in_id
        self.client: FlaskClient = app.test_client()
        with reading():
            self.actor: Actor = accounts.actor_of(user.id, sign_in_id)
        self.headers = {"Authorization": f"Bearer {access_token(user.id, sign_in_id)}"}

    def again(self, app: Flask) -> "Person":
        """The same person before a fresh application that holds the same rows."""
        same = copy.copy(self)
        same.app, same.client = app, app.test_client()
        same.headers = {"Authorization": f"Bearer {access_token(self.id, self.sign_in_id)}"}
        return same

    @property
    def id(self) -> UUID:
        return self.user.id

    def get(self, path: str, **query: Any) -> TestResponse:
        return self.client.get(API + path, query_string=query, headers=self.headers)

    def post(self, path: str, body: Any = None, **query: Any) -> TestResponse:
        return self.client.post(API + path, json=body, query_string=query, headers=self.headers)

    def patch(self, path: str, body: Any) -> TestResponse:
        return self.client.patch(API + path, json=body, headers=self.headers)

    def put(self, path: str, content: bytes, media_type: str = "image/jpeg", **query: Any) -> TestResponse:
        return self.client.put(
            API + path, data=content, content_type=media_type, query_string=query, headers=self.headers
        )


class Plant:
    """One enterprise: its people, one zone, one point with two measures to look at, and a checklist."""

    def __init__(self, world: "World", code: str, *, region: str, trade: str, canary: str = "") -> None:
        self.world = world
        admin = world.admin.actor
        with writing():
            self.enterprise: Enterprise = enterprises.add_enterprise(
                admin, code=code, name=f"{canary}{code} 有限公司", credit_code=credit_code(code), industry="2614",
                trade=trade, region_code=region, emergency_phone="0427-119",
            )  # fmt: skip
            principal = accounts.add_first_principal(
                admin, self.enterprise.id, login="principal", name=f"{canary}主要负责人", password_hash=HASH
            )
        self.principal = world.sign_in(principal)
        with writing():
            actor = self.principal.actor
            self.unit: OrgUnit = enterprises.add_unit(actor, name=f"{canary}一车间", kind="workshop", parent_id=None)
            self.other_unit = enterprises.add_unit(actor, name=f"{canary}二车间", kind="workshop", parent_id=None)
        self.manager = self.hire("manager", Role.SAFETY_MANAGER)
        self.leader = self.hire("leader", Role.LEADER, self.unit)
        self.worker = self.hire("worker", Role.WORKER, self.unit)
        self.colleague = self.hire("colleague", Role.WORKER, self.unit)
        with writing():
            actor = self.manager.actor
            self.zone: RiskZone = add_zone(actor, name=f"{canary}罐区", kind="area")
            self.point: RiskPoint = self.add_point(actor, name=f"{canary}液氨储罐")
            self.source: HazardSource = add_source(
                actor, point_id=self.point.id, name=f"{canary}氨泄漏", factor_class="things",
                accident_types=["中毒"], consequences=f"{canary}人员中毒", affected=f"{canary}巡检人员",
            )  # fmt: skip
            for check in ("压力表读数", "切断阀开关"):
                add_measure(
                    actor, source_id=self.source.id, category="engineering", text=f"{canary}{check}措施", check=check
                )
            grading.assess(
                actor, source_id=self.source.id, basis=Basis.RESIDUAL, method="LS", factors={"L": "3", "S": "5"}
            )
            self.checklist = checklists.publish_checklist(actor, self.point.id)

    def again(self, world: "World") -> "Plant":
        """The same plant, its people signed in to a fresh application."""
        same = copy.copy(self)
        same.world = world
        for name, value in vars(self).items():
            if isinstance(value, Person):
                setattr(same, name, value.again(world.app))
        return same

    def hire(self, login: str, role: Role, unit: OrgUnit | None = None) -> Person:
        """A person of this enterprise, signed in."""
        with writing():
            user = accounts.add_person(
                self.principal.actor, login=login, name=f"{self.enterprise.code}{login}", role=role,
                password_hash=HASH, unit_id=unit.id if unit else None,
            )  # fmt: skip
        return self.world.sign_in(user)

    def add_point(self, actor: Actor, *, name: str = "砂轮机", unit: OrgUnit | None = None) -> RiskPoint:
        """A risk point of this enterprise, not yet assessed."""
        return add_point(
            actor, zone_id=self.zone.id, unit_id=(unit or self.unit).id, responsible_id=self.leader.id, name=name,
            category="equipment",
        )  # fmt: skip

    def inspection(self, *, failed: int = 0, photos: list[bytes] | None = None, **given: Any) -> dict[str, Any]:
        """The body of an inspection of the point with its first `failed` items abnormal."""
        keys = [item["key"] for item in self.checklist.items]
        return {
            "id": str(new_id()),
            "risk_point_id": str(self.point.id),
            "checklist_version": self.checklist.version,
            "client_at": "2026-11-21T08:30:00+08:00",
            "items": [
                {"key": key, "result": "abnormal", "note": "现场发现不符合"}
                if place < failed
                else {"key": key, "result": "normal"}
                for place, key in enumerate(keys)
            ],
            "photos": [{**announced(photo), "item_key": keys[0]} for photo in photos or []],
            **given,
        }

    def report(self, person: Person | None = None, **given: Any) -> dict[str, Any]:
        """A hidden hazard at the point, reported over HTTP."""
        body = {
            "id": str(new_id()),
            "risk_point_id": str(self.point.id),
            "description": "2#罐区东侧 GDS-07 可燃气体探测器故障",
            "client_at": "2026-11-21T08:30:00+08:00",
            **given,
        }
        answer = (person or self.worker).post("/hidden-hazards", body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json)

    def move(self, person: Person, hazard: dict[str, Any], action: str, **facts: Any) -> TestResponse:
        """One move of a hidden hazard as it was last seen."""
        body = {"id": str(new_id()), "action": action, "version": hazard["version"], **facts}
        return person.post(f"/hidden-hazards/{hazard['id']}/transitions", body)

    def show(self, hazard: dict[str, Any]) -> dict[str, Any]:
        """The hidden hazard with the photo `SHOWN` registered and there, for a decision to rest on."""
        answer = self.move(self.worker, hazard, "add_evidence", photos=[announced(SHOWN)])
        assert answer.status_code == 201, answer.text
        path = f"/hidden-hazards/{hazard['id']}/photos/{announced(SHOWN)['sha256']}"
        assert self.worker.put(path, SHOWN).status_code == 200
        return dict(answer.json)

    def rectified(self, hazard: dict[str, Any], *, rectifier: Person | None = None) -> dict[str, Any]:
        """The hidden hazard graded, assigned, rectified with an after photo, and waiting for acceptance."""
        rectifier = rectifier or self.worker
        # Unlike any photo a test reports with, and its file unlike that of any other hazard.
        after = jpeg(seed=int(UUID(hazard["id"])) % 6397, width=321, comment=hazard["id"].encode())
        steps: list[tuple[Person, str, dict[str, Any]]] = [
            (self.manager, "grade", {"gravity": "general"}),
            (self.manager, "assign", {"rectifier_id": str(rectifier.id), "deadline_at": in_days(7)}),
            (rectifier, "submit", {"measures": "更换探测器并标定", "photos": [announced(after)]}),
        ]
        for person, action, facts in steps:
            answer = self.move(person, hazard, action, **facts)
            assert answer.status_code == 201, answer.text
            hazard = dict(answer.json)
        sha256 = announced(after)["sha256"]
        answer = rectifier.put(f"/hidden-hazards/{hazard['id']}/photos/{sha256}", after)
        assert answer.status_code == 200, answer.text
        return hazard


class World:
    """Two plants in two counties, an office over one of them, and the platform's administrator."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with writing():
            admin = accounts.add_platform_admin(login="admin", name="平台管理员", password=PASSWORD)
            for code, name in (("219901", "东湖县"), ("219901101", "东湖镇"), ("219902", "西岭县")):
                enterprises.add_region(code=code, name=name)
        self.admin = self.sign_in(admin)
        self.plant = Plant(self, "HG01", region="219901101", trade="chemical")
        self.other = Plant(self, "LK01", region="219902", trade="grain", canary="异企")
        with writing():
            self.office = enterprises.add_office(
                code="YJ219901", name="东湖县应急管理局", region_code="219901", trades=[]
            )
        with writing():
            regulator = accounts.add_regulator(self.office.id, login="zhang", name="张监管", password_hash=HASH)
        self.regulator = self.sign_in(regulator)
        self.anyone: FlaskClient = app.test_client()

    def again(self, app: Flask) -> "World":
        """The same world before a fresh application that holds the same rows."""
        same = copy.copy(self)
        same.app, same.anyone = app, app.test_client()
        same.admin, same.regulator = self.admin.again(app), self.regulator.again(app)
        same.plant, same.other = self.plant.again(same), self.other.again(same)
        return same

    def sign_in(self, user: User) -> Person:
        """Someone signed in without the cost of a password."""
        sign_in = SignIn(id=new_id(), user_id=user.id)
        with writing() as session:
            session.add(sign_in)
        return Person(self.app, user, sign_in.id)

    def everyone(self) -> dict[str, Person]:
        """One person of each role; those of an enterprise are of the first plant."""
        return {
            "worker": self.plant.worker,
            "leader": self.plant.leader,
            "safety_manager": self.plant.manager,
            "principal": self.plant.principal,
            "regulator": self.regulator,
            "platform_admin": self.admin,
        }


def jpeg(*, seed: int = 0, width: int = 320, height: int = 240, **saved: Any) -> bytes:
    """A photo unlike that of another seed."""
    image = Image.new("RGB", (width, height), ((seed * 37) % 256, (seed * 91) % 256, seed % 256))
    image.paste((255, 255, 255), (seed % 100, 10, seed % 100 + 80, 90))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", **saved)
    return buffer.getvalue()


SHOWN = jpeg(seed=77)


def announced(photo: bytes) -> dict[str, Any]:
    """A photo as a manifest names it."""
    return {"sha256": hashlib.sha256(photo).hexdigest(), "size": len(photo)}


def in_days(days: float) -> str:
    """An instant so many days from now, as it crosses the wire."""
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


def credit_code(code: str) -> str:
    """A unified social credit code with its check character, made from a short code."""
    body = ("91219901MA0" + code.upper().replace("I", "1").replace("O", "0")).ljust(17, "0")[:17]
    return next(body + last for last in ALPHABET if is_credit_code(body + last))
