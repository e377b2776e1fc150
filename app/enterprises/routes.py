"""Where regions, enterprises, offices and units are reached."""

from typing import Any

from app.core.actor import Actor
from app.core.endpoint import ANYWHERE, SIGNED_IN, Routes
from app.core.paging import page_of
from app.enterprises import service
from app.enterprises.models import Enterprise, Office, OrgUnit, Region
from app.enterprises.schemas import (
    EnterpriseIn,
    EnterpriseOut,
    EnterprisePatch,
    EnterpriseQuery,
    OfficeIn,
    OfficeOut,
    OrgUnitIn,
    OrgUnitOut,
    RegionIn,
    RegionOut,
)

routes = Routes("enterprises")


@routes.read("/regions", SIGNED_IN, within=ANYWHERE, answer=RegionOut, paged=True)
def list_regions(paging: dict[str, int]) -> dict[str, Any]:
    """列出行政区划。"""
    return page_of(service.list_regions(), **paging)


@routes.create("/regions", "platform:run", within=ANYWHERE, body=RegionIn, answer=RegionOut, refuses=(409,))
def add_region(body: dict[str, Any]) -> Region:
    """登记一个行政区划。"""
    return service.add_region(**body)


@routes.read("/enterprises", SIGNED_IN, within=ANYWHERE, query=EnterpriseQuery, answer=EnterpriseOut, paged=True)
def list_enterprises(actor: Actor, query: dict[str, Any], paging: dict[str, int]) -> dict[str, Any]:
    """列出可见范围内的企业。"""
    return page_of(service.list_enterprises(actor, **query), **paging)


@routes.create("/enterprises", "platform:run", within=ANYWHERE, body=EnterpriseIn, answer=EnterpriseOut, refuses=(409,))
def add_enterprise(actor: Actor, body: dict[str, Any]) -> Enterprise:
    """登记一家企业。"""
    return service.add_enterprise(actor, **body)


@routes.read("/enterprises/<uuid:subject_id>", SIGNED_IN, within=ANYWHERE, answer=EnterpriseOut)
def show_enterprise(actor: Actor, subject_id: Any) -> Enterprise:
    """查看一家企业。"""
    return service.get_enterprise(actor, subject_id)


@routes.change(
    "/enterprises/<uuid:subject_id>", "platform:run", within=ANYWHERE, body=EnterprisePatch, answer=EnterpriseOut
)
def change_enterprise(actor: Actor, subject_id: Any, body: dict[str, Any]) -> Enterprise:
    """修改一家企业的小微企业标记；改动记入它的事件链。"""
    return service.change_enterprise(actor, subject_id, **body)


@routes.read("/offices", "platform:run", within=ANYWHERE, answer=OfficeOut, paged=True)
def list_offices(paging: dict[str, int]) -> dict[str, Any]:
    """列出监管机构。"""
    return page_of(service.list_offices(), **paging)


@routes.create("/offices", "platform:run", within=ANYWHERE, body=OfficeIn, answer=OfficeOut, refuses=(409,))
def add_office(body: dict[str, Any]) -> Office:
    """登记一个监管机构。"""
    return service.add_office(**body)


@routes.read("/org-units", "point:see", answer=OrgUnitOut, paged=True)
def list_units(actor: Actor, paging: dict[str, int]) -> dict[str, Any]:
    """列出企业的部门、车间、班组和岗位。"""
    return page_of(service.list_units(actor), **paging)


@routes.create("/org-units", "people:keep", body=OrgUnitIn, answer=OrgUnitOut, refuses=(409,))
def add_unit(actor: Actor, body: dict[str, Any]) -> OrgUnit:
    """在上级之下增加一个部门、车间、班组或岗位。"""
    return service.add_unit(actor, **body)
