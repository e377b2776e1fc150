"""What crosses the wire of regions, enterprises, offices and units."""

from marshmallow import ValidationError, fields, validate

from app.core.fields import Choice, Flag, Id, Instant, ListOf, Schema, Text
from app.enterprises.codes import is_credit_code, is_region_code
from app.enterprises.models import UnitKind


def _region_code(text: str) -> None:
    if not is_region_code(text):
        raise ValidationError("区划代码应为 2、4、6、9 或 12 位数字。")


def _credit_code(text: str) -> None:
    if not is_credit_code(text):
        raise ValidationError("统一社会信用代码应为 18 位且校验位正确（GB 32100-2015），请核对营业执照。")


SIGN_IN_CODE = validate.Regexp(r"^[A-Za-z0-9-]{2,20}\Z", error="应为 2 到 20 位字母、数字或连字符。")
INDUSTRY = validate.Regexp(r"^[0-9]{2,4}\Z", error="应为 GB/T 4754 的 2 到 4 位行业代码。")
TRADE = validate.Regexp(r"^[a-z_]{2,30}\Z", error="应为小写英文的监管行业代码，例如 chemical、machinery、grain。")


class RegionIn(Schema):
    code = Text(12, required=True, validate=_region_code)
    name = Text(60, required=True)


class RegionOut(Schema):
    code = fields.String()
    name = fields.String()


class EnterpriseIn(Schema):
    code = Text(20, required=True, validate=SIGN_IN_CODE)
    name = Text(100, required=True)
    credit_code = Text(18, required=True, validate=_credit_code)
    industry = Text(4, required=True, validate=INDUSTRY)
    trade = Text(30, required=True, validate=TRADE)
    region_code = Text(12, required=True, validate=_region_code)
    address = Text(200, least=0, load_default="")
    emergency_phone = Text(40, least=0, load_default="")
    micro = Flag(load_default=False, metadata={"description": "小微企业：可委托企业外的人员验收隐患"})


class EnterprisePatch(Schema):
    micro = Flag(required=True, metadata={"description": "小微企业：可委托企业外的人员验收隐患"})


class EnterpriseOut(Schema):
    id = Id()
    code = fields.String()
    name = fields.String()
    credit_code = fields.String()
    industry = fields.String()
    trade = fields.String()
    region_code = fields.String()
    address = fields.String()
    emergency_phone = fields.String()
    micro = Flag(metadata={"description": "小微企业：可委托企业外的人员验收隐患"})
    created_at = Instant()


class EnterpriseQuery(Schema):
    region_code = Text(12, validate=_region_code)
    trade = Text(30, validate=TRADE)
    name = Text(100)


class OfficeIn(Schema):
    code = Text(20, required=True, validate=SIGN_IN_CODE)
    name = Text(100, required=True)
    region_code = Text(12, required=True, validate=_region_code)
    trades = ListOf(Text(30, validate=TRADE), most=30, load_default=list)


class OfficeOut(Schema):
    id = Id()
    code = fields.String()
    name = fields.String()
    region_code = fields.String()
    trades = fields.List(fields.String())


class OrgUnitIn(Schema):
    name = Text(60, required=True)
    kind = Choice(UnitKind, required=True)
    parent_id = Id(load_default=None, allow_none=True)


class OrgUnitOut(Schema):
    id = Id()
    name = fields.String()
    kind = Choice(UnitKind)
    parent_id = Id(allow_none=True)
