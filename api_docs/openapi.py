"""The OpenAPI document: every route under /api/v1 as it declares itself, in Chinese, nothing written twice."""

import re
from collections.abc import Iterator
from typing import Any

from apispec import APISpec
from flask import Flask
from werkzeug.routing import Rule

from api_docs.fields import FieldPlugin, as_answered
from api_docs.problems import PROBLEM, problem_responses, refused_by
from app.accounts.policy import LABELS, OF_ENTERPRISES, RIGHTS, Role
from app.core.endpoint import ENTERPRISE, PUBLIC, SIGNED_IN, Declared

API = "/api/v1/"
VERSION = "v1"
ROOMS = {
    "accounts": "登录与人员",
    "enterprises": "区划、企业与机构",
    "risks": "风险辨识",
    "assessments": "风险评估与标准",
    "controls": "分层管控与确认",
    "briefings": "告知签收",
    "reviews": "举一反三与变更",
    "library": "危险源库",
    "tags": "二维码与扫码",
    "plans": "排查计划与任务",
    "inspections": "隐患排查",
    "hidden_hazards": "隐患治理",
    "public_reports": "群众举报",
    "rewards": "报告奖励",
    "evidence": "照片",
    "signals": "信号",
    "messages": "消息与渠道",
    "supervision": "监管",
    "printing": "打印",
    "exchange": "导入与导出",
}
INTRODUCTION = """风险分级管控与隐患排查治理双重预防的接口。

- 登录得到访问凭证，请求头写 `Authorization: Bearer <access_token>`；过期后用刷新凭证换取下一对。
- 内容为 UTF-8 的 JSON；没有声明的字段和查询参数一律拒绝。时间带时区，回答中为 UTC；精确数值以文本给出。
- 拒绝一律为 `application/problem+json`：`detail` 说明原因和下一步，`code` 稳定不变，见 [错误代码](/api/docs/errors)。
- 现场提交的编号（id）由客户端生成；同一编号同一内容再次提交，得到首次的回答。
"""
PATH_PARAMETERS: dict[str, dict[str, Any]] = {
    "sha256": {
        "description": "照片原始字节的 SHA-256，小写十六进制",
        "schema": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    },
    "token": {"description": "二维码中的令牌", "schema": {"type": "string", "pattern": "^[A-Z2-7]{26}$"}},
    "name": {"description": "名称", "schema": {"type": "string"}},
    "entry_id": {"description": "危险源库条目的编号，例如 fire.hot-work-in-works", "schema": {"type": "string"}},
}
RECEIPT = {"type": "apiKey", "in": "header", "name": "X-Receipt", "description": "举报的回执码，不需要登录"}
BYTES = {"schema": {"type": "string", "format": "binary"}}
METHODS = ("get", "post", "put", "patch", "delete")


def document(app: Flask) -> dict[str, Any]:
    """The OpenAPI 3.1 document of the application's API; the same application gives the same document."""
    plugin = FieldPlugin(schema_name_resolver=_schema_name)
    spec = APISpec(
        title="双重预防接口",
        version=VERSION,
        openapi_version="3.1.0",
        plugins=[plugin],
        info={"description": INTRODUCTION},
    )
    spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"})
    spec.components.security_scheme("receipt", RECEIPT)
    spec.components.schema("Problem", PROBLEM)
    for name, response in problem_responses():
        spec.components.response(name, response)
    rooms = set()
    for rule, declared in documented(app):
        room = rule.endpoint.partition(".")[0]
        rooms.add(room)
        operation = _operation(declared, rule, plugin, spec)
        spec.path(path=path_of(rule), operations={declared.method.lower(): {"tags": [ROOMS[room]], **operation}})
    made: dict[str, Any] = spec.to_dict()
    made["tags"] = [{"name": title} for room, title in ROOMS.items() if room in rooms]
    made["components"]["schemas"] = dict(sorted(_settled(made).items()))
    made["paths"] = {path: _in_order(made["paths"][path]) for path in sorted(made["paths"])}
    return made


def documented(app: Flask) -> Iterator[tuple[Rule, Declared]]:
    """The rules of the API with what their routes declare."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(API):
            yield rule, vars(app.view_functions[rule.endpoint])["declared"]


def path_of(rule: Rule) -> str:
    """The rule as OpenAPI writes it: /risk-points/{point_id}."""
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)


def _operation(declared: Declared, rule: Rule, plugin: FieldPlugin, spec: APISpec) -> dict[str, Any]:
    summary, _, more = (declared.view.__doc__ or "").strip().partition("。")
    parameters = list(_path_parameters(rule.rule))
    if declared.query_schema:
        parameters += plugin.converter.schema2parameters(declared.query_schema, location="query")
    operation = {
        "operationId": rule.endpoint.replace(".", "_"),
        "summary": summary,
        "description": "\n\n".join(text for text in (more.strip(), *_rights(declared)) if text),
        "security": list(_credential(declared)),
        "responses": {
            str(declared.status): _answer(declared, plugin, spec),
            **{str(status): name for status, name in refused_by(declared)},
        },
    }
    if parameters:
        operation["parameters"] = parameters
    if declared.upload:
        operation["requestBody"] = {"required": True, "content": dict.fromkeys(declared.upload.media_types, BYTES)}
    elif declared.body:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": declared.body}}}
    return operation


def _credential(declared: Declared) -> Iterator[dict[str, list[str]]]:
    if declared.receipt:
        yield {"receipt": []}
    elif declared.permission != PUBLIC:
        yield {"bearer": []}


def _rights(declared: Declared) -> Iterator[str]:
    if declared.permission == PUBLIC:
        yield "不需要登录。"
    elif declared.permission == SIGNED_IN:
        yield "权限：任何已登录的账号。"
    else:
        holders = [role for role in Role if declared.permission in RIGHTS[role]]
        yield f"权限：`{declared.permission}`（{'、'.join(LABELS[role] for role in holders)}）。"
        if declared.within == ENTERPRISE and not set(holders) <= set(OF_ENTERPRISES):
            yield "监管人员须用查询参数 `enterprise_id` 指明企业。"
    if declared.once:
        yield "同一编号（id）同一内容可放心重试：得到首次的回答，不会重复记录。"


def _path_parameters(rule: str) -> Iterator[dict[str, Any]]:
    for kind, name in re.findall(r"<(?:(\w+):)?(\w+)>", rule):
        known = {"description": "编号（UUID）", "schema": {"type": "string", "format": "uuid"}}
        yield {"in": "path", "name": name, "required": True, **(known if kind == "uuid" else PATH_PARAMETERS[name])}


def _answer(declared: Declared, plugin: FieldPlugin, spec: APISpec) -> dict[str, Any]:
    if declared.answer is None and declared.media_type == "application/json":
        return {"description": "已完成，没有内容"}
    if declared.answer is None:
        return {"description": "文件内容", "content": dict.fromkeys(declared.media_types, BYTES)}
    if not declared.paged:
        return {"description": "成功", "content": {"application/json": {"schema": declared.answer}}}
    page = {"$ref": f"#/components/schemas/{_page(declared, plugin, spec)}"}
    return {"description": "一页结果", "content": {"application/json": {"schema": page}}}


def _page(declared: Declared, plugin: FieldPlugin, spec: APISpec) -> str:
    """The component of a page of this answer, made when first asked for."""
    name = f"{_schema_name(declared.answer).removesuffix('Out')}Page"
    if name not in spec.components.schemas:
        counts = {count: {"type": "integer", "minimum": 0} for count in ("page", "page_size", "total")}
        item = plugin.converter.resolve_nested_schema(declared.answer)  # type: ignore[no-untyped-call]  # apispec
        items = {"type": "array", "items": item}
        spec.components.schema(name, {"type": "object", "properties": {"items": items, **counts}})
    return name


def _schema_name(schema: Any) -> str:
    return schema.__name__ if isinstance(schema, type) else type(schema).__name__


def _settled(made: dict[str, Any]) -> dict[str, Any]:
    """The schemas, those that only answers use as answers have them."""
    schemas: dict[str, Any] = made["components"]["schemas"]
    operations = [operation for path in made["paths"].values() for operation in path.values()]
    asked = _reached([operation.get("requestBody") for operation in operations], schemas)
    answered = _reached([operation["responses"] for operation in operations], schemas) - asked - {"Problem"}
    return {name: as_answered(schema) if name in answered else schema for name, schema in schemas.items()}


def _reached(start: Any, schemas: dict[str, Any]) -> set[str]:
    """The names of the schemas this refers to, directly or through others."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        here = waiting.pop()
        waiting += here.values() if isinstance(here, dict) else here if isinstance(here, list) else ()
        reference = here.get("$ref", "") if isinstance(here, dict) else ""
        name = reference.removeprefix("#/components/schemas/")
        if name in schemas and name not in found:
            found.add(name)
            waiting.append(schemas[name])
    return found


def _in_order(path: dict[str, Any]) -> dict[str, Any]:
    return {method: path[method] for method in METHODS if method in path}
