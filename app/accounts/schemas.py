"""What crosses the wire of accounts and sign-in."""

from marshmallow import fields, validate

from app.accounts.policy import Role
from app.core.fields import Choice, Flag, Id, Instant, Schema, Text

LOGIN = validate.Regexp(r"^[A-Za-z0-9_.\-\u4e00-\u9fff]{2,40}\Z", error="应为 2 到 40 位字母、数字、汉字或 _ . -。")
PHONE = validate.Regexp(r"^[0-9+\- ]{0,40}\Z", error="应为电话号码。")


class SignInBody(Schema):
    code = Text(20, required=True, metadata={"description": "企业代码或监管机构代码", "example": "HG01"})
    name = Text(40, required=True, metadata={"description": "登录名", "example": "wangqiang"})
    password = Text(200, required=True)


class RefreshBody(Schema):
    refresh_token = Text(2000, required=True)


class TokenPair(Schema):
    access_token = fields.String()
    refresh_token = fields.String()
    token_type = fields.String()
    expires_in = fields.Integer(metadata={"description": "访问凭证的有效秒数"})


class MeOut(Schema):
    id = Id()
    name = fields.String()
    role = Choice(Role)
    enterprise_id = Id(allow_none=True)
    office_id = Id(allow_none=True)
    permissions = fields.Function(
        lambda actor: sorted(actor.permissions), metadata={"type": "array", "items": {"type": "string"}}
    )


class PersonIn(Schema):
    login = Text(40, required=True, validate=LOGIN)
    name = Text(40, required=True)
    phone = Text(40, least=0, load_default="", validate=PHONE)
    password = Text(200, least=10, required=True)


class UserIn(PersonIn):
    role = Choice(Role, required=True)
    unit_id = Id(load_default=None, allow_none=True)


class UserPatch(Schema):
    name = Text(40)
    phone = Text(40, least=0, validate=PHONE)
    role = Choice(Role)
    unit_id = Id(allow_none=True)
    password = Text(200, least=10)
    disabled = Flag()


class UserQuery(Schema):
    role = Choice(Role)


class ColleagueOut(Schema):
    """Whom work can be handed to: no login, no telephone."""

    id = Id()
    name = fields.String()
    role_label = fields.Function(lambda user: user.role.label, metadata={"type": "string"})
    unit_id = Id(allow_none=True)


class UserOut(Schema):
    id = Id()
    login = fields.String()
    name = fields.String()
    phone = fields.String()
    role = Choice(Role)
    role_label = fields.Function(lambda user: user.role.label, metadata={"type": "string"})
    unit_id = Id(allow_none=True)
    office_id = Id(allow_none=True)
    disabled_at = Instant(allow_none=True)
    erased_at = Instant(allow_none=True)
