"""What may cross the wire: the product's few field types, each strict, each refusing in Chinese what it cannot take."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any
from uuid import UUID

from marshmallow import RAISE, ValidationError, fields, validate
from marshmallow import Schema as BaseSchema

REQUIRED = {"required": "必填，请补上。", "null": "不能为空。"}
LARGEST = 2**31 - 1
# Control characters, lone surrogates, and what Unicode calls no character: XML has no form for them.
UNSEEN = re.compile(r"[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff]")
TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)")


class Schema(BaseSchema):
    """A body or an answer. A field it does not name is refused."""

    class Meta:
        unknown = RAISE

    error_messages = {"unknown": "没有这个字段，请删去或核对拼写。", "type": "应为一个 JSON 对象。"}  # noqa: RUF012 - marshmallow's own name

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """What a field shows: of a dict by its key, of anything else by its attribute, never one for the other."""
        if "." in attr:
            return super().get_attribute(obj, attr, default)
        return obj.get(attr, default) if isinstance(obj, dict) else getattr(obj, attr, default)


class Text(fields.String):
    """Text kept as typed, 1 to `most` characters; control characters other than tab and line breaks are refused."""

    default_error_messages = {**REQUIRED, "invalid": "应为文字。", "invalid_utf8": "应为文字。"}  # noqa: RUF012

    def __init__(self, most: int = 200, *, least: int = 1, **given: Any) -> None:
        length = validate.Length(least, most, error=f"长度应在 {least} 到 {most} 个字符之间。")
        super().__init__(validate=[length, clean_text, *_as_list(given.pop("validate", []))], **given)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        if value and not value.strip():
            raise ValidationError("不能只有空格。")
        return value


class Id(fields.UUID):
    """A UUID."""

    default_error_messages = {**REQUIRED, "invalid_uuid": "应为 UUID，例如 019a3c5e-7c1e-7000-8000-000000000001。"}  # noqa: RUF012

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> UUID:
        if not isinstance(value, str) or len(value) != 36:
            raise self.make_error("invalid_uuid")
        return super()._deserialize(value, attr, data, **kwargs)


class Whole(fields.Integer):
    """A whole number within a range."""

    default_error_messages = {**REQUIRED, "invalid": "应为整数。", "too_large": "数值过大。"}  # noqa: RUF012

    def __init__(self, least: int = 0, most: int = LARGEST, *, from_text: bool = False, **given: Any) -> None:
        limit = validate.Range(least, most, error=f"应在 {least} 到 {most} 之间。")
        self.from_text = from_text
        super().__init__(validate=limit, **given)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        if self.from_text and isinstance(value, str) and re.fullmatch(r"\d{1,10}", value, re.ASCII):
            return int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.make_error("invalid")
        return value


class Number(fields.Field[Decimal]):
    """An exact number, from a JSON number or its text; goes out as text."""

    default_error_messages = {**REQUIRED, "invalid": "应为数字，例如 0.5。"}  # noqa: RUF012

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, str | int | Decimal) or len(str(value)) > 30:
            raise self.make_error("invalid")
        try:
            number = Decimal(value)
        except InvalidOperation:
            raise self.make_error("invalid") from None
        if not number.is_finite() or abs(number.adjusted()) > 15:
            raise self.make_error("invalid")
        return number

    def _serialize(self, value: Decimal | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else format(value, "f")


class Instant(fields.Field[datetime]):
    """An instant with its zone, ISO 8601; goes out in UTC."""

    default_error_messages = {**REQUIRED, "invalid": "应为带时区的时间，例如 2026-11-21T08:30:00+08:00。"}  # noqa: RUF012

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> datetime:
        if not isinstance(value, str) or not TIME.fullmatch(value):
            raise self.make_error("invalid")
        try:
            moment = datetime.fromisoformat(value).astimezone(UTC)
        except (ValueError, OverflowError):
            raise self.make_error("invalid") from None
        if not 2000 <= moment.year <= 2200:
            raise ValidationError("年份应在 2000 到 2200 之间，请检查手机时间。")
        return moment

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.isoformat().replace("+00:00", "Z")


class Day(fields.Field[date]):
    """A day, YYYY-MM-DD."""

    default_error_messages = {**REQUIRED, "invalid": "应为日期，例如 2026-11-21。"}  # noqa: RUF012

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> date:
        if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
            raise self.make_error("invalid")
        try:
            day = date.fromisoformat(value)
        except ValueError:
            raise self.make_error("invalid") from None
        if not 2000 <= day.year <= 2200:
            raise ValidationError("年份应在 2000 到 2200 之间。")
        return day

    def _serialize(self, value: date | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.isoformat()


class Flag(fields.Boolean):
    """True or false."""

    default_error_messages = {**REQUIRED, "invalid": "应为 true 或 false。"}  # noqa: RUF012

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class Choice(fields.String):
    """One of the values of an enum; the refusal lists them with their Chinese labels."""

    default_error_messages = {**REQUIRED, "invalid": "应为文字。"}  # noqa: RUF012

    def __init__(self, enum: type[StrEnum], **given: Any) -> None:
        self.enum = enum
        metadata = {"enum": [member.value for member in enum], **given.pop("metadata", {})}
        super().__init__(metadata=metadata, **given)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if isinstance(value, str) and value in list(self.enum):
            return self.enum(value)
        allowed = "、".join(f"{member.value}（{getattr(member, 'label', member.value)}）" for member in self.enum)
        raise ValidationError(f"只能是：{allowed}。")


class ListOf(fields.List[Any]):
    """A list of at most `most` values."""

    default_error_messages = {**REQUIRED, "invalid": "应为列表。"}  # noqa: RUF012

    def __init__(self, inner: Any, *, least: int = 0, most: int = 100, **given: Any) -> None:
        length = validate.Length(least, most, error=f"应有 {least} 到 {most} 项。")
        super().__init__(inner, validate=[length, *_as_list(given.pop("validate", []))], **given)


class Part(fields.Nested):
    """A nested object."""

    default_error_messages = {**REQUIRED, "type": "应为一个 JSON 对象。"}  # noqa: RUF012


class Factors(fields.Field[dict[str, Any]]):
    """The factors of a grading by name: JSON numbers or their text; which ones the profile decides."""

    default_error_messages = {**REQUIRED, "invalid": '应为因素及取值，例如 {{"L": "3", "S": "5"}}。'}  # noqa: RUF012

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> dict[str, Any]:
        if not isinstance(value, dict) or len(value) > 12:
            raise self.make_error("invalid")
        for name, factor in value.items():
            clean_text(name)
            if isinstance(factor, bool) or not isinstance(factor, str | int | Decimal) or len(str(factor)) > 20:
                raise self.make_error("invalid")
            clean_text(str(factor))
        return value


def clean_text(value: str) -> None:
    """Raise unless the text can be stored and printed as typed: no control characters, no lone surrogates."""
    found = UNSEEN.search(value)
    if found:
        raise ValidationError(f"含有不可见的控制字符（U+{ord(found[0]):04X}），请删去后重试。")


def _as_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]
