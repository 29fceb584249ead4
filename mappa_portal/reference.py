"""The API's description as a page: what the OpenAPI document says, in tables, without a script."""

import re
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
PARAMETERS = {  # of the framework, which does not explain them
    "format": "How to answer, when no Accept header says it: json, or csv for a table, or yaml for the description.",
    "lang": "The portal speaks English only.",
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
    anchor: str
    name: str
    about: str
    fields: list[Field]

    @property
    def explained(self) -> bool:
        return any(field.about for field in self.fields)


def operations(document: dict) -> Iterator[Operation]:
    for path, methods in document["paths"].items():
        for method, about in methods.items():
            if method not in ("parameters", "summary"):
                yield _operation(method, path, about)


def things(document: dict) -> list[Thing]:
    schemas = document.get("components", {}).get("schemas", {})
    return [
        Thing(
            name,
            title(name),
            schema.get("description", ""),
            [_field(n, s) for n, s in schema["properties"].items()],
        )
        for name, schema in schemas.items()
        if "properties" in schema
    ] + [
        Thing(name, title(name), "", _values(schema)) for name, schema in schemas.items() if "enum" in schema
    ]


def title(name: str) -> str:
    """PaginatedProtocolRowList: page of protocol rows; DecisionEnum: decision."""
    listed = re.fullmatch(r"Paginated(.+)List", name)
    words = re.sub(r"(?<!^)(?=[A-Z])", " ", listed[1] if listed else name.removesuffix("Enum")).lower()
    return f"page of {words}s" if listed else words


def _values(schema: dict) -> list[Field]:
    """drf-spectacular writes the meanings into the description: a line ``* `value` - Meaning`` each."""
    meanings = dict(re.findall(r"^\* `(.*?)` - (.*)$", schema.get("description", ""), re.M))
    return [Field(value, "value", "", meanings.get(value, "")) for value in schema["enum"]]


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
    said = parameter.get("description", "") or PARAMETERS.get(parameter["name"], "")
    needed = "" if parameter["in"] == "query" and not parameter.get("required") else "Required. "
    return needed + said.split("\n")[0]


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
            return title(name), name
    kinds = schema.get("type", "object")
    kinds = [kinds] if isinstance(kinds, str) else kinds
    kind = next(k for k in kinds if k != "null")
    if kind == "array":
        inner, links_to = _kind(schema["items"])
        return f"list of {inner}", links_to
    words = WORDS.get((kind, schema.get("format", "")), WORDS.get((kind, ""), kind))
    return words + (" or null" if "null" in kinds or schema.get("nullable") else ""), ""
