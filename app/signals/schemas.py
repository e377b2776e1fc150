"""What crosses the wire of signals."""

from marshmallow import fields

from app.core.fields import Choice, Id, Instant, Schema
from app.signals.terms import SignalKind


class SignalQuery(Schema):
    kind = Choice(SignalKind)
    subject_id = Id(metadata={"description": "哪一条隐患或排查记录"})
    person_id = Id(metadata={"description": "谁的记录"})


class SignalOut(Schema):
    id = Id()
    kind = Choice(SignalKind)
    kind_label = fields.Function(lambda signal: signal.kind.label, metadata={"type": "string"})
    subject_kind = fields.String(metadata={"enum": ["inspection", "hidden_hazard"]})
    subject_id = Id()
    person_id = Id(allow_none=True)
    data = fields.Raw(
        metadata={"type": "object", "description": "依据：另一条记录、距离、速度、各处时间等，因种类而异"}
    )
    at = Instant(metadata={"description": "何时发现"})
