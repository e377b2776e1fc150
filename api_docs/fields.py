"""How the product's fields read in JSON Schema: what apispec cannot know of them is said here, once for all routes."""

from typing import Any

from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from marshmallow import fields
from marshmallow.fields import Field

from app.core.fields import Choice, Day, Factors, Instant, Number

NUMBER = ["string", "number"]
SOMETIMES = "x-sometimes"  # metadata of an answer's field that not every answer has


class FieldConverter(OpenAPIConverter):
    """apispec's converter, with the product's own fields."""

    field_mapping = {  # noqa: RUF012 - apispec's own name
        **OpenAPIConverter.field_mapping,
        Day: ("string", "date"),
        Instant: ("string", "date-time"),
    }

    def init_attribute_functions(self) -> None:
        super().init_attribute_functions()  # type: ignore[no-untyped-call]  # apispec is not annotated
        self.attribute_functions[-1:-1] = [
            self.choice2properties,
            self.number2properties,
            self.factors2properties,
            self.function2properties,
        ]  # before the last, which makes nullable what the others say

    def field2pattern(self, field: Field[Any], **kwargs: Any) -> dict[str, Any]:
        """The pattern in ECMA's words: its end of text is $."""
        found: dict[str, Any] = super().field2pattern(field, **kwargs)
        return {name: text.replace("\\Z", "$") for name, text in found.items()}

    def choice2properties(self, field: Field[Any], *, ret: dict[str, Any]) -> dict[str, Any]:
        """The values and, for people, what each is called."""
        if not isinstance(field, Choice):
            return {}
        labelled = [f"{member.value} {label}" for member in field.enum if (label := getattr(member, "label", ""))]
        said = [text for text in (ret.get("description"), "；".join(labelled)) if text]
        values = [member.value for member in field.enum]
        meaning = {"description": "。".join(said)} if said else {}
        return {"enum": [*values, None] if field.allow_none else values, **meaning}

    def number2properties(self, field: Field[Any], *, ret: dict[str, Any]) -> dict[str, Any]:
        """Exact: taken as a number or its text, given as text."""
        if not isinstance(field, Number):
            return {}
        limits = {name: float(ret.pop(f"x-{name}")) for name in ("minimum", "maximum") if f"x-{name}" in ret}
        return {"type": list(NUMBER), **limits}

    def factors2properties(self, field: Field[Any], *, ret: dict[str, Any]) -> dict[str, Any]:
        """The factors by name."""
        if not isinstance(field, Factors):
            return {}
        return {"type": "object", "maxProperties": 12, "additionalProperties": {"type": list(NUMBER)}}

    def function2properties(self, field: Field[Any], *, ret: dict[str, Any]) -> dict[str, Any]:
        """What a computed or stored value looks like, where its metadata names a schema."""
        schema = field.metadata.get("schema")
        if schema is None or not isinstance(field, fields.Function | fields.Raw):
            return {}
        reference: dict[str, Any] = self.resolve_nested_schema(schema)  # type: ignore[no-untyped-call]  # the same
        return reference


class FieldPlugin(MarshmallowPlugin):
    """apispec's plugin, with the product's own fields."""

    Converter = FieldConverter
    converter: FieldConverter


def as_answered(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of an object as answers have it: every field is there, numbers are text, and more may be added."""
    properties = {name: _answered_field(field) for name, field in schema.get("properties", {}).items()}
    always = [name for name, field in schema.get("properties", {}).items() if SOMETIMES not in field]
    rest = {name: value for name, value in schema.items() if name not in ("additionalProperties", "required")}
    return {**rest, "properties": properties, **({"required": always} if always else {})}


def _answered_field(field: dict[str, Any]) -> dict[str, Any]:
    said = {name: value for name, value in field.items() if name not in (SOMETIMES, "readOnly")}
    kinds = said.get("type")
    if isinstance(kinds, list) and "number" in kinds:
        left = [kind for kind in kinds if kind != "number"]
        said["type"] = left[0] if len(left) == 1 else left
    return said
