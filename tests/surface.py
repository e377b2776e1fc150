"""The product's surface as tests see it: every route of the URL map, and the objects its ids can name."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from marshmallow import fields
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.briefings.models import Cause
from app.briefings.service import ask
from app.core.clock import today
from app.core.db import db, reading, writing
from app.core.endpoint import ENTERPRISE, PUBLIC, Declared
from app.core.fields import Choice, Day, Flag, Id, Instant, Number, Schema, Whole
from app.core.ids import new_id
from app.hidden_hazards import moves
from app.hidden_hazards.lifecycle import Action
from app.hidden_hazards.major_schemas import ListingLevel
from app.messages.service import tell
from app.supervision import orders
from tests.exchange.ledgers import XLSX, checked, row, workbook
from tests.world import Person, Plant, World, announced, in_days, jpeg

CANARY = "异企"
PLAN_PARTS = ("goal", "measures", "organisation", "resources", "schedule", "emergency")
LOGS = {"security_facts", "sign_in_failures", "refused_moves"}  # what a refused request may leave behind


@dataclass(frozen=True)
class Route:
    """One declared route with its place in the URL map."""

    rule: str
    path: dict[str, str]  # the parameters in the path, by the kind of their converter
    declared: Declared

    @property
    def method(self) -> str:
        return self.declared.method

    @property
    def named(self) -> str:
        return f"{self.method} {self.rule}"

    def address(self, given: dict[str, Any]) -> str:
        """The path with its parameters filled in."""
        filled = self.rule
        for name, kind in self.path.items():
            filled = filled.replace(f"<{name}>" if kind == "default" else f"<{kind}:{name}>", str(given[name]))
        return filled


def every_route(app: Flask) -> list[Route]:
    """Every route the application serves, by address and method."""
    found = []
    for rule in app.url_map.iter_rules():
        kinds = {argument: _converter(rule._converters[argument]) for argument in rule.arguments}
        found.append(Route(rule.rule, kinds, app.view_functions[rule.endpoint].declared))
    return sorted(found, key=lambda route: route.named)


def api_routes(app: Flask) -> list[Route]:
    """The routes that speak problem+json."""
    return [route for route in every_route(app) if route.rule.startswith("/api/")]


def send(
    client: FlaskClient,
    route: Route,
    given: dict[str, Any],
    *,
    person: Person | None = None,
    query: dict[str, Any] | None = None,
    **body: Any,
) -> TestResponse:
    """One request to a route, as a person or as nobody."""
    headers = person.headers if person else {}
    return client.open(route.address(given), method=route.method, headers=headers, query_string=query or {}, **body)


def in_enterprise(route: Route, person: Person, plant: Plant) -> dict[str, str]:
    """The query by which a regulator names the enterprise it looks at."""
    needed = person.user.office_id and route.declared.within == ENTERPRISE and route.declared.permission != PUBLIC
    return {"enterprise_id": str(plant.enterprise.id)} if needed else {}


def walk(schema: Schema, at: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], fields.Field[Any]]]:
    """Every field a body may carry, by its way down; an element of a list stands at 0."""
    for name, field in schema.fields.items():
        yield from _walk(field, (*at, field.data_key or name))


def _walk(field: fields.Field[Any], at: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], fields.Field[Any]]]:
    yield at, field
    if isinstance(field, fields.List):
        yield from _walk(field.inner, (*at, 0))
    elif isinstance(field, fields.Nested):
        yield from walk(field.schema, at)


def with_value(body: Any, way: tuple[Any, ...], value: Any) -> Any:
    """A copy of the body with another value at the end of the way; what is missing on the way is made."""
    if not way:
        return value
    step, rest = way[0], way[1:]
    if isinstance(step, int):
        items = list(body) if isinstance(body, list) and body else [None]
        items[step] = with_value(items[step], rest, value)
        return items
    return {**(body if isinstance(body, dict) else {}), step: with_value((body or {}).get(step), rest, value)}


def row_counts(*, but: set[str] = LOGS) -> dict[str, int]:
    """How many rows each table holds."""
    with reading() as session:
        return {
            table.name: session.execute(select(func.count()).select_from(table)).scalar_one()
            for table in db.metadata.sorted_tables
            if table.name not in but
        }


def problem_of(answer: TestResponse) -> dict[str, Any]:
    """The problem document of a refusal, checked for what every one must have."""
    assert answer.mimetype == "application/problem+json", (answer.status, answer.mimetype, answer.text[:200])
    problem = json.loads(answer.data)
    assert {"type", "title", "status", "detail", "instance", "code"} <= set(problem)
    assert problem["status"] == answer.status_code
    assert any("\u4e00" <= character <= "\u9fff" for character in problem["detail"]), problem
    return dict(problem)


OFFICERS = [{"name": "甲", "certificate": "2199-1"}, {"name": "乙", "certificate": "2199-2"}]


class Furnished:
    """A plant with one of everything: what each id in a path, a query or a body can name."""

    def __init__(self, world: World, plant: Plant, *, canary: str = "") -> None:
        self.plant, self.canary = plant, canary
        manager, worker = plant.manager, plant.worker
        self.photo = jpeg(seed=len(canary) + 1)
        self.sha256 = announced(self.photo)["sha256"]
        self.plan = self._made(manager.post("/floor-plans", {"name": f"{canary}厂区图", "width": 800, "height": 600}))
        manager.put(f"/floor-plans/{self.plan['id']}/image", jpeg(seed=77 + len(canary)))
        self.tag = self._made(manager.post("/tags", {"risk_point_id": str(plant.point.id)}))
        self.print_order = plant.manager.post("/print-orders", {"id": str(new_id()), "kind": "warning_card"}).json
        self.roll_id = self._made(manager.post("/tag-rolls", {"id": str(new_id()), "count": 1}))["roll_id"]
        self.blank_tag = manager.get("/tags", roll_id=self.roll_id).json["items"][0]
        document = custom_profile(f"own-{plant.enterprise.code.lower()}", title=f"{canary}本企业标准")
        self.profile = self._made(manager.post("/profiles", {"document": document}))["document"]["name"]
        body = plant.inspection(failed=1, photos=[self.photo], note=f"{canary}备注")
        body["items"][0]["note"] = f"{canary}压力表指针不归零"
        self.inspection = self._made(worker.post("/inspections", body))
        managed = {"chapter": "licences", "check": f"{canary}营业执照", "basis": f"{canary}制度"}
        self.management_item = self._made(manager.post("/management-items", managed))
        self.management_checklist = self._made(manager.post("/management-checklist"))
        kept = worker.put(f"/inspections/{self.inspection['id']}/photos/{self.sha256}", self.photo)
        assert kept.status_code == 200, kept.text
        self.hazard = plant.report(description=f"{canary}护栏缺失", place=f"{canary}东侧平台")
        self.major = plant.report(description=f"{canary}连锁失效")
        self.major = self._made(
            plant.move(manager, self.major, "grade", gravity="major", criteria=f"{canary}判定标准第三条")
        )
        graded = plant.move(manager, plant.report(description=f"{canary}标识脱落"), "grade", gravity="general")
        self.graded = self._made(graded)
        self.waiting = plant.rectified(plant.report(description=f"{canary}照明损坏"))
        content = {**{part: f"{canary}{part}" for part in PLAN_PARTS}, "valid_until": today().isoformat()}
        self.control_plan = self._made(manager.post(f"/risk-points/{plant.point.id}/control-plans", content))
        submitted = {"id": str(new_id()), "step": "submit", "risk_point_ids": [str(plant.point.id)], "note": canary}
        self._made(manager.post("/confirmations", submitted))
        change = {"kind": "process", "description": f"{canary}改为密闭加料", "happened_on": today().isoformat()}
        self.change = self._made(manager.post("/changes", {**change, "risk_point_ids": [str(plant.point.id)]}))
        self.review = manager.get("/reviews", change_id=self.change["id"]).json["items"][0]
        self.workbook = workbook([row(POINT=f"{canary}砂轮机", UNIT=f"{canary}一车间", PERSON=f"{canary}负责人")])
        self.imported = checked(manager, self.workbook)
        self.assessment = manager.get("/assessments").json["items"][0]
        self.measure = manager.get("/control-measures").json["items"][0]
        tip = {"id": str(new_id()), "secret": "s" * 24, "description": f"{canary}出口堵塞"}
        self.public_report = self._made(world.anyone.post(f"/api/v1/scan/{self.tag['token']}/reports", json=tip))
        earned = {"hazard_id": self.hazard["id"], "kind": "internal", "amount": "50", "reason": f"{canary}及时发现"}
        self.reward = self._made(manager.post("/rewards", earned))
        hook = {"name": f"{canary}集团平台", "kind": "webhook", "address": "https://127.0.0.1:9/x"}
        self.channel = self._made(manager.post("/channels", {**hook, "secret": "0123456789abcdef"}))
        with writing():
            title = f"{canary}隐患等待验收"
            tell(manager.actor, [worker.id], kind="hidden_hazard.submit", key="furnished", title=title)
            told = {"news": [f"{canary}新的告知卡"], "level": None, "level_label": f"{canary}未评估"}
            briefing = ask(
                manager.actor, plant.point, cause=Cause.NEW_CARD, cause_key="card:1", title=f"{canary}告知卡", told=told
            )
            assert briefing
            self.briefing_id = briefing.id
        self.message = worker.get("/messages").json["items"][0]
        self.delivery = manager.get("/deliveries").json["items"][0]
        self.order, self.listed = self._supervised(world)
        walked = {"name": f"{canary}罐区巡检", "kind": "team", "unit_id": str(plant.unit.id)}
        self.round = self._made(manager.post("/rounds", {**walked, "risk_point_ids": [str(plant.point.id)]}))
        planned = {"name": f"{canary}日检", "kind": "daily", "tier": "team", "cycle_unit": "day"}
        planned |= {"unit_id": str(plant.unit.id), "assignee_id": str(worker.id), "starts_on": today().isoformat()}
        planned["scope"] = {"round_id": self.round["id"]}
        self.inspection_plan = self._made(manager.post("/inspection-plans", planned))
        self.task = manager.get("/inspection-tasks").json["items"][0]
        handed = {"id": str(new_id()), "to_id": str(plant.colleague.id), "shift": "夜班", "note": f"{canary}异响"}
        handed["client_at"] = "2026-11-21T08:00:00+08:00"
        self.hand_over = self._made(worker.post(f"/rounds/{self.round['id']}/hand-overs", handed))
        self.spare_zone = self._made(manager.post("/risk-zones", {"name": f"{canary}旧库", "kind": "area"}))
        spare = {"name": f"{canary}旧泵", "category": "equipment", "zone_id": str(plant.zone.id)}
        people = {"unit_id": str(plant.unit.id), "responsible_id": str(plant.worker.id)}
        self.spare_point = self._made(manager.post("/risk-points", {**spare, **people}))
        spare = {"name": f"{canary}旧泵泄漏", "factor_class": "things", "accident_types": ["中毒"]}
        self.spare_source = self._made(
            manager.post("/hazard-sources", {**spare, "risk_point_id": self.spare_point["id"]})
        )

    def _supervised(self, world: World) -> tuple[dict[str, Any], dict[str, Any]]:
        """A rectification order whose one item waits for its recheck, and a listed major hidden hazard."""
        plant, canary = self.plant, self.canary
        office = replace(world.regulator.actor, enterprise_id=plant.enterprise.id)
        officers = [{"name": f"{canary}执法{one}", "certificate": f"{canary}{one}"} for one in "甲乙"]
        item = {"id": new_id(), "place": f"{canary}东门", "description": f"{canary}通道堵塞", "clause": f"{canary}条款"}
        day, due_at = today(), datetime.fromisoformat(in_days(20))
        with writing():
            order = orders.issue(
                office, new_id(), number=f"{canary}责改1号", place=f"{canary}厂区", inspected_on=day, officers=officers,
                signed_by=f"{canary}签收人", served_on=day, appeal=f"{canary}复议", client_at=None,
                items=[{**item, "deadline_at": due_at, "photos": []}],
            )  # fmt: skip
        ordered = plant.rectified(plant.manager.get(f"/hidden-hazards/{item['id']}").json)
        listed = plant.report(description=f"{canary}联锁停用")
        graded = plant.move(plant.manager, listed, "grade", gravity="major", criteria=f"{canary}判定")
        listing = {
            "level": ListingLevel.COUNTY, "number": f"{canary}挂1号", "regulator_owner": f"{canary}监管责任人",
            "enterprise_owner": f"{canary}企业责任人",
        }  # fmt: skip
        with writing():
            moves.move(
                office, UUID(listed["id"]), action=Action.LIST, version=graded.json["version"], client_at=None,
                facts={"listing": listing},
            )  # fmt: skip
        return {"id": str(order.id), "hazard": ordered}, listed

    @staticmethod
    def _made(answer: TestResponse) -> dict[str, Any]:
        assert answer.status_code in (200, 201), answer.text
        return dict(answer.json)

    def ids(self) -> dict[str, str]:
        """One id of each kind of thing this plant owns."""
        plant = self.plant
        found: dict[str, Any] = {
            "zone": plant.zone.id,
            "point": plant.point.id,
            "source": plant.source.id,
            "measure": self.measure["id"],
            "assessment": self.assessment["id"],
            "plan": self.plan["id"],
            "control_plan": self.control_plan["id"],
            "unit": plant.unit.id,
            "user": plant.worker.id,
            "tag": self.tag["id"],
            "print_order": self.print_order["id"],
            "roll": self.roll_id,
            "checklist": plant.checklist.id,
            "inspection": self.inspection["id"],
            "hazard": self.hazard["id"],
            "graded": self.graded["id"],
            "import": self.imported["id"],
            "change": self.change["id"],
            "review": self.review["id"],
            "enterprise": plant.enterprise.id,
            "round": self.round["id"],
            "inspection_plan": self.inspection_plan["id"],
            "task": self.task["id"],
            "hand_over": self.hand_over["id"],
            "channel": self.channel["id"],
            "delivery": self.delivery["id"],
            "message": self.message["id"],
            "report": self.public_report["id"],
            "reward": self.reward["id"],
            "order": self.order["id"],
            "briefing": self.briefing_id,
        }
        return {kind: str(value) for kind, value in found.items()}

    def in_path(self, route: Route) -> dict[str, str]:
        """An own, present value for each parameter of the route's path."""
        ids = self.ids()
        known = {
            "zone_id": ids["zone"],
            "point_id": ids["point"],
            "source_id": ids["source"],
            "measure_id": ids["measure"],
            "plan_id": ids["plan"],
            "control_plan_id": ids["control_plan"],
            "user_id": ids["user"],
            "tag_id": ids["tag"],
            "inspection_id": ids["inspection"],
            "import_id": ids["import"],
            "review_id": ids["review"],
            "round_id": ids["round"],
            "inspection_plan_id": ids["inspection_plan"],
            "task_id": ids["task"],
            "hand_over_id": ids["hand_over"],
            "item_id": self.management_item["id"],
            "hazard_id": ids["inspection"] if "inspections" in route.rule else ids["hazard"],
            "subject_id": ids["enterprise"] if "enterprises" in route.rule else ids["hazard"],
            "enterprise_id": ids["enterprise"],
            "channel_id": ids["channel"],
            "delivery_id": ids["delivery"],
            "message_id": ids["message"],
            "report_id": ids["report"],
            "reward_id": ids["reward"],
            "order_id": ids["order"],
            "briefing_id": ids["briefing"],
            "print_order_id": ids["print_order"],
            "sha256": self.sha256,
            "name": "common" if "management-templates" in route.rule else self.profile,
            "entry_id": "fire.hot-work-in-works",
            "token": self.tag["token"],
        }
        if route.rule.endswith("/binding"):
            known["token"] = self.blank_tag["token"]
        if "/supervision/listings" in route.rule:
            known["hazard_id"] = self.listed["id"]
        absent = "019a3c5e-7c1e-7000-8000-00000000dead"
        if route.rule.endswith(("/merger", "/retirement", "/restoration")):  # what is asked about afterwards stays
            known |= {"zone_id": self.spare_zone["id"], "point_id": self.spare_point["id"]}
            known["source_id"] = self.spare_source["id"]
        return {name: known.get(name, absent if kind == "uuid" else "nothing") for name, kind in route.path.items()}

    def file_of(self, route: Route) -> dict[str, Any]:
        """A file the route accepts, as it is sent: a photo or a workbook."""
        media_type = route.declared.upload.media_types[0]
        return {"data": self.workbook if media_type == XLSX else self.photo, "content_type": media_type}

    def body_of(self, route: Route) -> Any:
        """A body the route accepts, made of this plant's own things; None when it takes none."""
        ids = self.ids()
        bodies: dict[str, Any] = {
            "POST /org-units": {"name": "三班", "kind": "team", "parent_id": ids["unit"]},
            "POST /users": {
                "login": "new.person", "name": "新员工", "phone": "13800000000", "password": "long enough text",
                "role": "worker", "unit_id": ids["unit"],
            },
            "PATCH /users/<uuid:user_id>": {"name": "改名", "unit_id": ids["unit"]},
            "POST /floor-plans": {"name": "厂区图", "width": 800, "height": 600, "north": 0},
            "PATCH /floor-plans/<uuid:plan_id>": {"name": "厂区图", "floor": "一层", "millimetres_per_unit": 250},
            "POST /risk-zones": {
                "name": "泵房", "kind": "building", "parent_id": ids["zone"], "floor_plan_id": ids["plan"],
                "polygon": [[0, 0], [100, 0], [100, 100]],
            },
            "PATCH /risk-zones/<uuid:zone_id>": {"name": "罐区二", "floor_plan_id": ids["plan"], "parent_id": None},
            "POST /risk-zones/<uuid:zone_id>/merger": {"into_id": ids["zone"]},
            "POST /risk-zones/<uuid:zone_id>/copies": {"parent_id": ids["zone"], "name": "二期"},
            "POST /risk-points/<uuid:point_id>/copies": {"count": 1, "names": ["二号"], "zone_id": ids["zone"]},
            "POST /risk-points": {
                "name": "循环泵", "category": "equipment", "zone_id": ids["zone"], "unit_id": ids["unit"],
                "responsible_id": ids["user"], "x": 5, "y": 5, "check_cycle": "每班", "emergency_steps": ["停泵"],
            },
            "PATCH /risk-points/<uuid:point_id>": {
                "name": "液氨储罐", "zone_id": ids["zone"], "unit_id": ids["unit"], "responsible_id": ids["user"],
            },
            "POST /hazard-sources": {
                "risk_point_id": ids["point"], "name": "静电", "factor_class": "things", "accident_types": ["火灾"],
                "consequences": "着火", "affected": "巡检人员",
            },
            "PATCH /hazard-sources/<uuid:source_id>": {"name": "氨泄漏", "accident_types": ["中毒"]},
            "POST /assessments": {
                "hazard_source_id": ids["source"], "basis": "residual", "method": "LS", "profile": "ls-shandong",
                "factors": {"L": "2", "S": 3}, "note": "复评",
            },
            "POST /control-measures": {
                "hazard_source_id": ids["source"], "category": "engineering", "text": "每班巡检", "basis": "GB 50160",
                "check": "压力", "how": "目视", "standard": "正常", "reading": {"unit": "MPa", "min": 1, "max": "2"},
            },
            "PATCH /control-measures/<uuid:measure_id>": {"text": "每班巡检一次", "retired": False},
            "POST /profiles": {"document": custom_profile("fresh")},
            "POST /profile-changes/preview": {"method": "LS", "to": "ls-b", "zone_id": ids["zone"]},
            "POST /profile-changes": {
                "id": "019a3c5e-7c1e-7000-8000-0000000000b7", "method": "LS", "to": "ls-b", "reason": "换用新表",
            },
            "PATCH /risk-rules": {
                "tiers": {level: ["company", "team"] for level in ("red", "orange", "yellow", "blue")},
                "current": {"major": "red", "overdue": "unchanged"},
                "review": {"reassess_months": 6, "failures": 3, "within_days": 60, "due_days": 10},
                "plan": {"levels": ["red", "orange"]},
                "escalation": {
                    "steps": [{"after_hours": 24, "to": "regulator"}],
                    "major": [{"after_hours": 0, "to": "company"}, {"after_hours": 4, "to": "regulator"}],
                    "accept_within_hours": 48,
                },
                "profiles": {"LS": "ls-b", "LEC": "lec-strict", "custom": self.profile},
            },
            "PATCH /risk-points/<uuid:point_id>/duties": {
                "duties": [{"tier": "team", "unit_id": ids["unit"], "person_id": ids["user"]}],
            },
            "POST /risk-points/<uuid:point_id>/control-plans": {
                **dict.fromkeys(PLAN_PARTS, "已落实"), "valid_until": today().isoformat(),
            },
            "POST /confirmations": {
                "id": "019a3c5e-7c1e-7000-8000-0000000000a5", "step": "submit", "risk_point_ids": [ids["point"]],
                "note": "请补充现场照片",
            },
            "POST /changes": {
                "kind": "equipment", "description": "更换搅拌", "happened_on": today().isoformat(),
                "risk_point_ids": [ids["point"]], "zone_id": ids["zone"],
            },
            "POST /reviews/<uuid:review_id>/completion": {"conclusion": "已复核"},
            "POST /reviews/<uuid:review_id>/waiver": {"reason": "不涉及"},
            "POST /rounds": {
                "name": "罐区二班巡检", "kind": "post", "unit_id": ids["unit"], "risk_point_ids": [ids["point"]],
            },
            "PATCH /rounds/<uuid:round_id>": {"name": "罐区三班巡检", "risk_point_ids": [ids["point"]]},
            "POST /rounds/<uuid:round_id>/hand-overs": {
                "id": "019a3c5e-7c1e-7000-8000-0000000000d1", "to_id": str(self.plant.colleague.id), "shift": "白班",
                "note": "正常", "client_at": "2026-11-21T08:30:00+08:00",
            },
            "POST /hand-overs/<uuid:hand_over_id>/taking-over": {"id": "019a3c5e-7c1e-7000-8000-0000000000d2"},
            "POST /inspection-plans": {
                "name": "夜班巡检", "kind": "daily", "tier": "team", "content": "压力", "unit_id": ids["unit"],
                "scope": {"risk_point_ids": [ids["point"]]}, "cycle_unit": "shift", "assignee_id": ids["user"],
                "shifts": [{"name": "夜班", "from": "20:00", "to": "08:00"}], "starts_on": today().isoformat(),
                "pauses": [{"from": "2026-12-30", "to": "2027-01-03", "reason": "检修"}],
            },
            "PATCH /inspection-plans/<uuid:inspection_plan_id>": {
                "name": "日检", "scope": {"zone_ids": [ids["zone"]]}, "unit_id": ids["unit"],
                "assignee_id": ids["user"],
            },
            "POST /inspection-plans/<uuid:inspection_plan_id>/stop": {"reason": "并入综合检查"},
            "POST /inspection-tasks/<uuid:task_id>/excuse": {"reason": "台风停工"},
            "POST /inspection-tasks/<uuid:task_id>/hand-over": {
                "id": "019a3c5e-7c1e-7000-8000-0000000000d3", "to_id": str(self.plant.colleague.id), "reason": "请假",
            },
            "POST /tags": {"risk_point_id": ids["point"]},
            "POST /scan/<token>/reports": {
                "id": "019a3c5e-7c1e-7000-8000-0000000000c1", "secret": "q4mB0dS9fXv2Zr7KpW1yTg",
                "description": "出口堵塞", "photos": [{"sha256": "b" * 64, "size": 7}],
            },
            "POST /rewards": {
                "hazard_id": ids["graded"], "kind": "internal", "amount": "200", "reason": "及时发现",
                "person_id": ids["user"],
            },
            "POST /briefings/<uuid:briefing_id>/paper-signatures": {
                "id": "019a3c5e-7c1e-7000-8000-0000000000e1", "name": "赵六", "organisation": "承包商",
                "signed_on": today().isoformat(),
            },
            "POST /messages/read-all": {"up_to": "2026-11-21T08:30:00+08:00"},
            "POST /channels": {
                "name": "邮箱", "kind": "mail", "address": "safety@example.com", "secret": "", "kinds": ["task"],
            },
            "PATCH /channels/<uuid:channel_id>": {"name": "集团", "secret": "0123456789abcdef", "disabled": False},
            "POST /tags/<uuid:tag_id>/revocation": {"reason": "标签破损"},
            "POST /scan": {"text": self.tag["token"]},
            "POST /qr-labels": {
                "risk_point_ids": [ids["point"]], "zone_id": ids["zone"], "stock": "a4-24", "start": 1, "copies": 1,
            },
            "POST /print-orders": {
                "id": "019a3c5e-7c1e-7000-8000-0000000000f1", "kind": "warning_card", "risk_point_ids": [ids["point"]],
                "zone_id": ids["zone"],
            },
            "POST /hidden-hazards": {
                "id": "019a3c5e-7c1e-7000-8000-0000000000a1", "risk_point_id": ids["point"], "place": "东侧",
                "description": "护栏缺失", "client_at": "2026-11-21T08:30:00+08:00",
                "photos": [{"sha256": "b" * 64, "size": 7}],
            },
            "POST /hidden-hazards/<uuid:hazard_id>/transitions": {
                "id": "019a3c5e-7c1e-7000-8000-0000000000a2", "action": "grade", "version": 1, "gravity": "general",
                "client_at": "2026-11-21T08:30:00+08:00",
            },
            "POST /hidden-hazards/assignments": {
                "id": "019a3c5e-7c1e-7000-8000-0000000000c6", "rectifier_id": ids["user"], "deadline_at": in_days(3),
                "items": [{"hazard_id": ids["graded"], "version": self.graded["version"]}],
            },
            "POST /inspections": self.plant.inspection(failed=1, id="019a3c5e-7c1e-7000-8000-0000000000a3"),
            "POST /management-items": {
                "chapter": "training", "check": "培训档案", "how": "抽查", "standard": "齐全", "basis": "安全生产法",
                "photo_required": True,
            },
            "PATCH /management-items/<uuid:item_id>": {"check": "营业执照", "retired": False},
            "POST /regions": {"code": "219903", "name": "南湖县"},
            "POST /enterprises": {
                "code": "JX01", "name": "新企业", "credit_code": "91219901MA0JX01000", "industry": "3311",
                "trade": "machinery", "region_code": "219902", "address": "南路一号", "emergency_phone": "0427-120",
            },
            "PATCH /enterprises/<uuid:subject_id>": {"micro": True},
            "POST /enterprises/<uuid:subject_id>/principal": {
                "login": "boss", "name": "负责人", "phone": "", "password": "long enough text",
            },
            "POST /offices": {"code": "YJ219902", "name": "西岭县应急管理局", "region_code": "219902", "trades": []},
            "POST /offices/<uuid:office_id>/users": {
                "login": "li", "name": "李监管", "phone": "", "password": "long enough text",
            },
            "POST /supervision/orders": {
                "id": "019a3c5e-7c1e-7000-8000-0000000000c1", "number": "责改2号", "place": "厂区",
                "officers": OFFICERS, "inspected_on": today().isoformat(), "served_on": today().isoformat(),
                "signed_by": "签收人", "appeal": "可申请行政复议",
                "items": [
                    {
                        "id": "019a3c5e-7c1e-7000-8000-0000000000c2", "risk_point_id": ids["point"], "place": "东侧",
                        "description": "护栏缺失", "clause": "第三十六条", "deadline_at": in_days(9), "photos": [],
                    },
                ],
            },
            "POST /supervision/orders/<uuid:order_id>/rechecks": {
                "id": "019a3c5e-7c1e-7000-8000-0000000000c3", "number": "复查1号", "officers": OFFICERS,
                "rechecked_on": today().isoformat(), "signed_by": "签收人",
                "items": [
                    {
                        "hazard_id": self.order["hazard"]["id"], "version": self.order["hazard"]["version"],
                        "passed": True, "opinion": "合格", "photos": [],
                    },
                ],
            },
            "PATCH /supervision/listings/<uuid:hazard_id>": {"published_on": today().isoformat()},
            "POST /supervision/findings": {
                "id": "019a3c5e-7c1e-7000-8000-0000000000a4", "risk_point_id": ids["point"], "place": "东侧",
                "description": "安全出口堵塞", "client_at": "2026-11-21T08:30:00+08:00", "source": "government",
                "photos": [],
            },
            "POST /risk-points/<uuid:point_id>/adoptions": {
                "id": "019a3c5e-7c1e-7000-8000-0000000000a5", "entry_ids": ["fire.hot-work-in-works"],
            },
            "POST /auth/login": {"code": "HG01", "name": "nobody", "password": "long enough text"},
            "POST /auth/refresh": {"refresh_token": "a.b.c"},
        }  # fmt: skip
        schema = route.declared.body_schema
        written = bodies.get(route.named.replace("/api/v1", ""))
        return made_up(schema, ids) if written is None and schema else written


def custom_profile(name: str, *, title: str = "自定方法") -> dict[str, Any]:
    """A grading profile of an enterprise's own, with numbers as JSON has them."""
    return {
        "name": name, "title": title, "method": "custom", "edition": "2026-01-01", "source": "企业制度",
        "certainty": "practice",
        "factors": [{"code": "A", "name": "可能", "scale": [{"value": v, "meaning": "一档"} for v in ("0.5", 1, 10)]}],
        "bands": [
            {"level": "red", "level_name": "重大", "at_least": "10"},
            {"level": "blue", "level_name": "低", "below": "10"},
        ],
    }  # fmt: skip


def made_up(schema: Schema, ids: dict[str, str]) -> dict[str, Any]:
    """A body with a plausible value in every field, for a route whose body nobody wrote out here."""
    return {field.data_key or name: _made_up(field, name, ids) for name, field in schema.fields.items()}


def _made_up(field: fields.Field[Any], name: str, ids: dict[str, str]) -> Any:
    if isinstance(field, Choice):
        return next(iter(field.enum)).value
    if isinstance(field, fields.List):
        return [_made_up(field.inner, name, ids)]
    if isinstance(field, fields.Nested):
        return made_up(field.schema, ids)
    plain: dict[type, Any] = {
        Id: ids["point"],
        Whole: 1,
        Number: "1",
        Flag: True,
        Instant: in_days(3),
        Day: "2026-11-21",
    }
    if name == "id":
        return str(new_id())
    return plain.get(type(field), "b" * 64 if name == "sha256" else "文字")


def _converter(converter: Any) -> str:
    return {"UUIDConverter": "uuid", "UnicodeConverter": "default", "PathConverter": "path"}[type(converter).__name__]
