"""What crosses the wire of assessments."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from app.assessments.models import Basis, Occasion
from app.core.fields import (
    REQUIRED,
    Choice,
    Day,
    Factors,
    Flag,
    Id,
    Instant,
    ListOf,
    Number,
    Schema,
    Text,
    Whole,
    clean_text,
)
from app.risks.fields import CountsOut, level_field, yes_or_no
from app.risks.schemas import RiskPointOut


class Dimensions(fields.Field[dict[str, Any]]):
    """The scores a factor is the worst of, by factor and dimension; which there are the profile decides."""

    default_error_messages = {**REQUIRED, "invalid": '应为因素的各方面取值，例如 {{"S": {{"人员": "5"}}}}。'}  # noqa: RUF012

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> dict[str, Any]:
        if not isinstance(value, dict) or len(value) > 6:
            raise self.make_error("invalid")
        for name, scores in value.items():
            clean_text(name)
            Factors().deserialize(scores)
        return value


SCORES = {
    "type": "object",
    "additionalProperties": {"type": "object", "additionalProperties": {"type": "string"}},
    "example": {"S": {"人员": "5", "声誉": "2"}},
}


class AssessmentIn(Schema):
    source_id = Id(required=True, data_key="hazard_source_id")
    basis = Choice(Basis, required=True)
    method = Text(20, load_default=None, allow_none=True, metadata={"example": "LEC"})
    factors = Factors(load_default=None, allow_none=True, metadata={"example": {"L": "3", "E": "6", "C": "15"}})
    profile = Text(40, load_default=None, allow_none=True, metadata={"description": "不填为本企业该方法的默认标准"})
    dimensions = Dimensions(
        load_default=None,
        allow_none=True,
        metadata={**SCORES, "description": "某因素各方面的取值，因素取其中最高的，可不再填；如有须一致"},
    )
    direct_reason = Text(500, load_default=None, allow_none=True, metadata={"description": "直接判定为重大风险的理由"})
    note = Text(1000, least=0, load_default="")
    occasion = Choice(Occasion, load_default=Occasion.FIRST)
    assessed_on = Day(load_default=None, allow_none=True, metadata={"description": "评估日期，不填为今天"})


class AssessmentQuery(Schema):
    source_id = Id(data_key="hazard_source_id")
    history = yes_or_no()


class AssessmentOut(Schema):
    id = Id()
    source_id = Id(data_key="hazard_source_id")
    basis = Choice(Basis)
    method = fields.String(allow_none=True)
    profile = fields.String(allow_none=True)
    factors = fields.Raw(metadata={"type": "object", "additionalProperties": {"type": "string"}})
    dimensions = fields.Raw(metadata=SCORES)
    score = Number(allow_none=True)
    computed_level = level_field("computed_level")
    level_name = fields.String(allow_none=True)
    direct_reason = fields.String(allow_none=True)
    level = level_field("level")
    note = fields.String()
    occasion = Choice(Occasion)
    assessed_on = Day()
    assessor_id = Id()
    assessed_at = Instant()
    superseded_at = Instant(allow_none=True)


def _clean_document(value: Any) -> None:
    """Hold every text of a document to what can be stored."""
    if isinstance(value, str):
        clean_text(value)
    for inner in (*value, *value.values()) if isinstance(value, dict) else value if isinstance(value, list) else ():
        _clean_document(inner)


class PointCopiesIn(Schema):
    count = Whole(1, 50, load_default=None, allow_none=True, metadata={"description": "份数；给出名称时可不填"})
    names = ListOf(Text(100), most=50, load_default=list, metadata={"description": "每份的名称；不填时与原来相同"})
    zone_id = Id(load_default=None, allow_none=True, metadata={"description": "不填时在原来的分区"})
    with_assessments = Flag(load_default=True)


class PointCopiesOut(Schema):
    items = fields.List(fields.Nested(RiskPointOut))


class ZoneCopyIn(Schema):
    parent_id = Id(required=True, allow_none=True, metadata={"description": "复制到哪个分区之下；null 为最上层"})
    name = Text(60, load_default=None, allow_none=True)
    with_assessments = Flag(load_default=True)


class ProfileIn(Schema):
    document = fields.Dict(required=True, validate=_clean_document, error_messages={"required": "必填，请补上。"})


class ProfileOut(Schema):
    name = fields.String()
    title = fields.String()
    method = fields.String()
    edition = fields.String()
    default = Flag()


class ProfileListOut(Schema):
    items = fields.List(fields.Nested(ProfileOut))


class ProfileDetailOut(Schema):
    document = fields.Raw(metadata={"type": "object", "description": "因素、取值、含义和分级界限"})


class ProfileChangePreviewIn(Schema):
    method = Text(20, required=True, metadata={"example": "LS"})
    to = Text(40, required=True, metadata={"description": "换成哪个评估标准，见 GET /profiles", "example": "ls-d"})
    zone_id = Id(load_default=None, allow_none=True, metadata={"description": "只看这个风险分区（含下级）"})


class ProfileChangeIn(Schema):
    id = Id(required=True)
    method = Text(20, required=True, metadata={"example": "LS"})
    to = Text(40, required=True, metadata={"example": "ls-d"})
    reason = Text(500, required=True, metadata={"example": "执行省级新发布的分级标准"})


class SourceShiftOut(Schema):
    before = fields.Nested(CountsOut)
    after = fields.Nested(CountsOut)


class PointShiftOut(SourceShiftOut):
    once_confirmed = fields.Nested(CountsOut, metadata={"description": "降低的等级重新确认之后"})


class ChangedPointOut(Schema):
    id = Id()
    code = fields.String()
    name = fields.String()
    from_level = level_field("from_level")
    to_level = level_field("to_level")
    confirmed_level = level_field("confirmed_level")


class ChangedPointsOut(Schema):
    total = fields.Integer()
    items = fields.List(fields.Nested(ChangedPointOut), metadata={"description": "最多列出 500 个"})


class NamedSourceOut(Schema):
    hazard_source_id = Id()
    code = fields.String()
    name = fields.String()
    point_code = fields.String()


class UnfitOut(NamedSourceOut):
    basis = Choice(Basis)
    profile = fields.String()
    factors = fields.Raw(metadata={"type": "object", "additionalProperties": {"type": "string"}})


class UnfitListOut(Schema):
    total = fields.Integer()
    items = fields.List(fields.Nested(UnfitOut))


class ProfileConflictOut(NamedSourceOut):
    inherent_level = level_field("inherent_level")
    residual_level = level_field("residual_level")


class ProfileConflictsOut(Schema):
    total = fields.Integer()
    items = fields.List(fields.Nested(ProfileConflictOut))


class ProfilePreviewOut(Schema):
    regraded = fields.Integer(metadata={"description": "按新标准重新定级的现行评估"})
    sources = fields.Nested(SourceShiftOut)
    points = fields.Nested(PointShiftOut)
    changed = fields.Nested(ChangedPointsOut, metadata={"description": "会变色的风险点"})
    unfit = fields.Nested(UnfitListOut, metadata={"description": "取值不在新标准之内的评估，仍按原标准"})
    conflicts = fields.Nested(
        ProfileConflictsOut, metadata={"description": "现状风险会高于固有风险的危险源，有则不能更换"}
    )


class ProfileChangeOut(ProfilePreviewOut):
    id = Id()
    method = fields.String()
    to = fields.String()
