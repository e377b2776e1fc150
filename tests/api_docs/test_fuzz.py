"""Whatever is sent, the running application answers as its document says, and never with a server error.

FUZZ_EXAMPLES is the number of inputs an operation gets of each kind; `make deep` gives more.
"""

import re
from dataclasses import replace
from datetime import datetime
from typing import Any
from unittest import SkipTest

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.transport.serialization import Binary

from app.briefings.models import Cause
from app.briefings.service import ask
from app.core.clock import today
from app.core.db import writing
from app.core.ids import new_id
from app.messages.service import tell
from app.supervision import orders
from app.tags import service as tags
from tests.exchange.ledgers import XLSX, checked, row, workbook
from tests.sizes import FUZZED_REQUESTS
from tests.surface import OFFICERS, PLAN_PARTS
from tests.world import Person, World, announced, in_days, jpeg

pytestmark = pytest.mark.deep

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS")
KINDS = ("fitting", "real", "wrong")  # fits the schema; fits it and names what is there; breaks it
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
PHOTO, WORKBOOK = jpeg(seed=7), workbook([row()])
schemathesis.serializer.alias(XLSX, "application/octet-stream")
quickly = settings(
    max_examples=FUZZED_REQUESTS,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("role", ["safety_manager", "regulator"])
def test_every_answer_is_as_documented(world: World, role: str) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/docs/openapi.json", world.app)
    known = Known(world)
    failures = []
    for operation in (found.ok() for found in schema.get_all_operations()):
        person = world.sign_in(world.everyone()[role].user)  # its own, for one of the operations signs out
        for kind in KINDS:
            try:
                call_as(person, operation, known, kind)
            except SkipTest:
                continue  # an operation that takes nothing cannot be given anything wrong
            except (Exception, BaseExceptionGroup) as failure:  # noqa: BLE001 - one failing operation hides no other
                failures.append(f"{operation.label}: {failure}")
    assert not failures, "\n\n".join(failures)


def call_as(person: Person, operation: APIOperation, known: "Known", kind: str) -> None:
    """Send a few inputs of one kind as this person, and check each answer."""
    mode = GenerationMode.NEGATIVE if kind == "wrong" else GenerationMode.POSITIVE

    @quickly
    @given(case=operation.as_strategy(generation_mode=mode))
    def call(case: Case) -> None:
        if kind != "fitting":
            known.name_in(case)
        if kind == "real":
            known.fill(case)
        case.call_and_validate(headers=person.headers, checks=CHECKS)

    call()


class Known:
    """What is really there, by the names that parameters and fields call it."""

    def __init__(self, world: World) -> None:
        plant = world.plant
        with writing():
            tag = tags.issue(plant.manager.actor, point_id=plant.point.id)
        printed = plant.manager.post("/print-orders", {"id": str(new_id()), "kind": "warning_card"}).json
        roll = plant.manager.post("/tag-rolls", {"id": str(new_id()), "count": 1}).json
        plan = plant.manager.post("/floor-plans", {"name": "总平面图", "width": 1000, "height": 800}).json
        measures = plant.manager.get("/control-measures").json
        hazard = plant.report(photos=[announced(PHOTO)])
        inspection = plant.worker.post("/inspections", plant.inspection(failed=1, photos=[PHOTO])).json
        content = {**dict.fromkeys(PLAN_PARTS, "已落实"), "valid_until": today().isoformat()}
        control_plan = plant.manager.post(f"/risk-points/{plant.point.id}/control-plans", content).json
        change = {"kind": "process", "description": "改为密闭加料", "happened_on": today().isoformat()}
        change = plant.manager.post("/changes", {**change, "risk_point_ids": [str(plant.point.id)]}).json
        review = plant.manager.get("/reviews", change_id=change["id"]).json["items"][0]
        managed = plant.manager.post("/management-items", {"chapter": "licences", "check": "营业执照"}).json
        plant.manager.post("/management-checklist")
        channel = {"name": "平台", "kind": "webhook", "address": "https://127.0.0.1:9/x", "secret": "0123456789abcdef"}
        channel = plant.manager.post("/channels", channel).json
        with writing():
            tell(plant.manager.actor, [plant.manager.id], kind="hidden_hazard.submit", key="known", title="待验收")
            card = {"cause": Cause.NEW_CARD, "cause_key": "card:1", "title": "告知卡", "told": {"news": ["新卡"]}}
            briefing = ask(plant.manager.actor, plant.point, **card)
            assert briefing
        office = replace(world.regulator.actor, enterprise_id=plant.enterprise.id)
        item = {"id": new_id(), "place": "东门", "description": "通道堵塞", "clause": "第三十六条", "photos": []}
        with writing():
            order = orders.issue(
                office, new_id(), number="责改1号", place="厂区", inspected_on=today(), officers=OFFICERS,
                signed_by="签收人", served_on=today(), appeal="可申请行政复议", client_at=None,
                items=[{**item, "deadline_at": datetime.fromisoformat(in_days(9))}],
            )  # fmt: skip
        tip = {"id": str(new_id()), "secret": "s" * 24, "description": "出口堵塞"}
        tip = world.anyone.post(f"/api/v1/scan/{tag.token}/reports", json=tip).json
        earned = {"hazard_id": hazard["id"], "kind": "internal", "amount": "50", "reason": "及时发现"}
        walked = {"name": "罐区巡检", "kind": "team", "unit_id": str(plant.unit.id)}
        walked = plant.manager.post("/rounds", {**walked, "risk_point_ids": [str(plant.point.id)]}).json
        planned = {"name": "日检", "kind": "daily", "tier": "team", "cycle_unit": "day", "unit_id": str(plant.unit.id)}
        planned |= {"scope": {"round_id": walked["id"]}, "assignee_id": str(plant.worker.id)}
        planned = plant.manager.post("/inspection-plans", {**planned, "starts_on": today().isoformat()}).json
        handed = {"id": str(new_id()), "to_id": str(plant.colleague.id), "shift": "夜班", "client_at": in_days(0)}
        self.path = {"name": "ls-shandong", "token": tag.token, "sha256": announced(PHOTO)["sha256"]}
        self.values: dict[str, Any] = {
            "print_order_id": printed["id"],
            "enterprise_id": str(plant.enterprise.id),
            "point_id": str(plant.point.id),
            "risk_point_id": str(plant.point.id),
            "risk_point_ids": [str(plant.point.id)],
            "zone_id": str(plant.zone.id),
            "plan_id": plan["id"],
            "control_plan_id": control_plan["id"],
            "floor_plan_id": plan["id"],
            "source_id": str(plant.source.id),
            "hazard_source_id": str(plant.source.id),
            "measure_id": measures["items"][0]["id"],
            "unit_id": str(plant.unit.id),
            "responsible_id": str(plant.leader.id),
            "rectifier_id": str(plant.worker.id),
            "user_id": str(plant.colleague.id),
            "office_id": str(world.office.id),
            "subject_id": str(plant.enterprise.id),
            "hazard_id": hazard["id"],
            "order_id": str(order.id),
            "inspection_id": inspection["id"],
            "import_id": checked(plant.manager, WORKBOOK)["id"],
            "change_id": change["id"],
            "review_id": review["id"],
            "round_id": walked["id"],
            "inspection_plan_id": planned["id"],
            "task_id": plant.manager.get("/inspection-tasks").json["items"][0]["id"],
            "hand_over_id": plant.worker.post(f"/rounds/{walked['id']}/hand-overs", handed).json["id"],
            "assignee_id": str(plant.worker.id),
            "to_id": str(plant.colleague.id),
            "channel_id": channel["id"],
            "delivery_id": plant.manager.get("/deliveries").json["items"][0]["id"],
            "briefing_id": str(briefing.id),
            "message_id": plant.manager.get("/messages").json["items"][0]["id"],
            "item_id": managed["id"],
            "report_id": tip["id"],
            "reward_id": plant.manager.post("/rewards", earned).json["id"],
            "tag_id": str(tag.id),
            "roll_id": roll["roll_id"],
            "entry_id": "fire.hot-work-in-works",
            "entry_ids": ["fire.hot-work-in-works"],
            "checklist_version": 1,
            "items": plant.inspection()["items"],
            "photos": [announced(PHOTO)],
            "client_at": in_days(0),
            "deadline_at": in_days(7),
            "accident_types": ["中毒"],
            "phone": "0427-119",
        }

    def name_in(self, case: Case) -> None:
        """Let the address name what is there."""
        if any(parameter.name == "enterprise_id" for parameter in case.operation.query):
            case.query["enterprise_id"] = self.values["enterprise_id"]
        for name in case.path_parameters:
            case.path_parameters[name] = self.path.get(name) or self.values[name]

    def fill(self, case: Case) -> None:
        """Let query and body name what is there, in text that can be stored; a photo or a workbook is one."""
        for values in (case.query, case.body):
            if isinstance(values, dict):
                values.update({name: self._known(name, value) for name, value in values.items()})
        if isinstance(case.body, bytes | Binary):
            case.body = WORKBOOK if case.media_type == XLSX else PHOTO

    def _known(self, name: str, value: Any) -> Any:
        if name in self.values:
            return self.values[name]
        return "".join(filter(str.isprintable, value)).strip() or "无" if isinstance(value, str) else value


def test_an_unsupported_method_is_answered_405_with_what_is_allowed(world: World) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/docs/openapi.json", world.app)
    for path, item in schema.raw_schema["paths"].items():
        allowed = {method.upper() for method in item}
        for method in set(METHODS) - allowed:
            answer = world.plant.manager.client.open(filled(path), method=method)
            assert answer.status_code == 405, (method, path)
            assert answer.mimetype == "application/problem+json"
            assert answer.json["code"] == "method_not_allowed"
            assert set(answer.headers["Allow"].split(", ")) - {"HEAD"} == allowed, (method, path)


def filled(path: str) -> str:
    """The path with something that fits each parameter."""
    return re.sub(r"\{\w+\}", lambda _: "00000000-0000-7000-8000-000000000001", path)
