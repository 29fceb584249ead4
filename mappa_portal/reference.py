"""The API's description as a page: what the OpenAPI document says, in tables, without a script."""

from collections.abc import Iterator
from dataclasses import dataclass

WORDS = {
    ("string", "date"): "date",
    ("string", "date-time"): "date and time",
    ("string", "uri"): "address",
    ("string", ""): "text",
    ("integer", ""): "whole number",
    ("number", ""): "number",
    ("boolean", ""): "true or false",
    ("object", ""): "object",
}


@dataclass(frozen=True)
class Field:
    name: str
    kind: str
    links_to: str
    about: str


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    anchor: str
    about: str
    takes: list[Field]
    sends: Field | None
    answers: list[tuple[str, Field | None]]


@dataclass(frozen=True)
class Thing:
    name: str
    about: str
    fields: list[Field]


def operations(document: dict) -> Iterator[Operation]:
    for path, methods in document["paths"].items():
        for method, about in methods.items():
            if method not in ("parameters", "summary"):
                yield _operation(method, path, about)


def things(document: dict) -> list[Thing]:
    schemas = document.get("components", {}).get("schemas", {})
    return [
        Thing(name, schema.get("description", ""), [_field(n, s) for n, s in schema["properties"].items()])
        for name, schema in schemas.items()
        if "properties" in schema
    ] + [
        Thing(name, "", [Field(value, "value", "", "") for value in schema["enum"]])
        for name, schema in schemas.items()
        if "enum" in schema
    ]


def _operation(method: str, path: str, about: dict) -> Operation:
    return Operation(
        method.upper(),
        path,
        about["operationId"],
        about.get("description", ""),
        [_field(p["name"], p["schema"], _about(p)) for p in about.get("parameters", [])],
        _content(about.get("requestBody", {})),
        [(status, _content(answer)) for status, answer in about["responses"].items()],
    )


def _about(parameter: dict) -> str:
    needed = "" if parameter["in"] == "query" and not parameter.get("required") else "Required. "
    return needed + parameter.get("description", "").split("\n")[0]


def _content(body: dict) -> Field | None:
    for media in body.get("content", {}).values():
        return _field("", media.get("schema", {}))
    return None


def _field(name: str, schema: dict, about: str = "") -> Field:
    kind, links_to = _kind(schema)
    return Field(name, kind, links_to, about or schema.get("description", "").split("\n")[0])


def _kind(schema: dict) -> tuple[str, str]:
    """In words, and the name of the thing that they lead to."""
    for part in [schema, *schema.get("allOf", []), *schema.get("oneOf", []), *schema.get("anyOf", [])]:
        if "$ref" in part:
            name = part["$ref"].rsplit("/", 1)[1]
            return name, name
    kinds = schema.get("type", "object")
    kinds = [kinds] if isinstance(kinds, str) else kinds
    kind = next(k for k in kinds if k != "null")
    if kind == "array":
        inner, links_to = _kind(schema["items"])
        return f"list of {inner}", links_to
    words = WORDS.get((kind, schema.get("format", "")), WORDS.get((kind, ""), kind))
    return words + (" or null" if "null" in kinds or schema.get("nullable") else ""), ""
