"""What crosses the wire: the same fields with the same limits as the product's schemas."""

import unicodedata
from typing import Any

from rest_framework import serializers

from tests.benchmarks.rivals import rules
from tests.benchmarks.rivals.django_rest.models import Inspection, RiskPoint


def clean_text(value: str) -> None:
    """Refuse control characters and lone surrogates."""
    if any(character not in "\t\n\r" and unicodedata.category(character) in ("Cc", "Cs") for character in value):
        raise serializers.ValidationError("control characters")


def not_blank(value: str) -> None:
    """Refuse text of spaces alone."""
    if value and not value.strip():
        raise serializers.ValidationError("spaces alone")


def _text(most: int, **given: Any) -> serializers.CharField:
    return serializers.CharField(max_length=most, trim_whitespace=False, validators=[clean_text, not_blank], **given)


def _degrees(most: int) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=30, decimal_places=None, min_value=-most, max_value=most)


class InstantField(serializers.DateTimeField):
    """An instant of these times."""

    def to_internal_value(self, value: Any) -> Any:
        moment = super().to_internal_value(value)
        if not 2000 <= moment.year <= 2200:
            raise serializers.ValidationError("out of range")
        return moment


class Strict(serializers.Serializer):
    """A field it does not name is refused."""

    def to_internal_value(self, data: Any) -> Any:
        unknown = data.keys() - self.fields.keys() if isinstance(data, dict) else ()
        if unknown:
            raise serializers.ValidationError(dict.fromkeys(unknown, "unknown field"))
        return super().to_internal_value(data)


class ItemSerializer(Strict):
    key = _text(40)
    result = serializers.ChoiceField(["normal", "abnormal", "not_applicable"])
    reading = serializers.DecimalField(max_digits=30, decimal_places=None, allow_null=True, default=None)
    note = _text(1000, allow_blank=True, default="")
    answered_at = InstantField(allow_null=True, default=None)


class ScanSerializer(Strict):
    token = _text(200)
    scanned_at = InstantField()


class LocationSerializer(Strict):
    latitude = _degrees(90)
    longitude = _degrees(180)
    accuracy_metres = serializers.IntegerField(min_value=0, max_value=1_000_000, allow_null=True, default=None)


class PhotoSerializer(Strict):
    sha256 = serializers.RegexField(r"^[0-9a-f]{64}\Z")
    size = serializers.IntegerField(min_value=1, max_value=50_000_000)
    item_key = _text(40, allow_null=True, default=None)


class InspectionSerializer(Strict):
    id = serializers.UUIDField()
    half = serializers.ChoiceField(["field"], default="field")
    risk_point_id = serializers.UUIDField(source="point_id")
    checklist_version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    task_id = serializers.UUIDField(allow_null=True, default=None)
    client_at = InstantField()
    started_at = InstantField(allow_null=True, default=None)
    scan = ScanSerializer(allow_null=True, default=None)
    location = LocationSerializer(allow_null=True, default=None)
    items = ItemSerializer(many=True, min_length=1, max_length=200)
    photos = PhotoSerializer(many=True, max_length=30, default=list)
    note = _text(1000, allow_blank=True, default="")

    def validate_task_id(self, value: Any) -> Any:
        if value:
            raise serializers.ValidationError("tasks are not measured here")
        return value

    def validate_photos(self, value: list[Any]) -> list[Any]:
        if value:
            raise serializers.ValidationError("photos are not measured here")
        return value


class ReceiptSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    sequence = serializers.IntegerField()
    body_hash = serializers.CharField()
    photos = serializers.ListField(child=serializers.CharField())
    received_at = serializers.DateTimeField()


class RaisedSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    code = serializers.CharField()
    item_key = serializers.CharField()
    occurrences = serializers.IntegerField()


SHOWN = (
    "id", "half", "risk_point_id", "task_id", "checklist_version", "inspector_id", "client_at", "started_at",
    "received_at", "delay_seconds", "failed", "note",
)  # fmt: skip


class InspectionOutSerializer(serializers.ModelSerializer):
    half = serializers.CharField()
    risk_point_id = serializers.UUIDField(source="point_id")
    delay_seconds = serializers.IntegerField()

    class Meta:
        model = Inspection
        fields = SHOWN


class InspectionAnswerSerializer(InspectionOutSerializer):
    complete = serializers.BooleanField()
    hidden_hazards = RaisedSerializer(many=True)
    receipt = ReceiptSerializer()

    class Meta:
        model = Inspection
        fields = (*SHOWN, "complete", "hidden_hazards", "receipt")


class LevelField(serializers.Field):
    """A level in full: code, label, colour."""

    def to_representation(self, value: str) -> dict[str, str]:
        return rules.LEVELS[value]


class RiskPointSerializer(serializers.ModelSerializer):
    inherent_level = LevelField()
    residual_level = LevelField()
    shown_level = LevelField()
    current_level = LevelField()

    class Meta:
        model = RiskPoint
        fields = (
            "id", "code", "name", "category", "zone_id", "unit_id", "responsible_id", "x", "y", "latitude",
            "longitude", "check_cycle", "emergency_steps", "inherent_level", "residual_level", "shown_level",
            "current_level", "status", "assessed_on", "reassess_by", "copied_from_id", "merged_into_id", "retired_at",
        )  # fmt: skip
