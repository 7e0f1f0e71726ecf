"""The tools that a request declares, whatever the provider calls the fields."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from viewer.text.json import mapping, only_text, parse, write

TOOL_FIELDS = ("tools", "functions", "toolConfig", "tool_config")
_INNER = ("function", "custom", "toolSpec", "tool_spec", "systemTool")
_DECLARATIONS = ("functionDeclarations", "function_declarations")
_SCHEMAS = ("parameters", "parametersJsonSchema", "input_schema", "inputSchema", "parameter_definitions", "format")


@dataclass(frozen=True, slots=True)
class Tool:
    """Hold one tool that a model may call."""

    name: str
    """The type, such as "web_search", of a tool of the provider's own that has no name."""
    description: str
    schema: str
    """Indented JSON of what it is called with; of a provider's own tool all that is set. "" where nothing is."""


def tools_of(body: Mapping[str, Any]) -> Iterator[Tool]:
    """Yield the tools that a request declares, in order."""
    for field in TOOL_FIELDS:
        held = body.get(field)
        held = held.get("tools") if isinstance(held, dict) else held
        for declared in held if isinstance(held, list) else []:
            yield from _entry(declared)


def _entry(declared: Any) -> Iterator[Tool]:
    """Yield the tools of one entry: Gemini puts several into one, beside those of its own."""
    fields = mapping(declared)
    several = next((fields[key] for key in _DECLARATIONS if isinstance(fields.get(key), list)), None)
    if several is not None:
        for one in several:
            yield _tool(one)
        fields = {key: value for key, value in fields.items() if key not in _DECLARATIONS}
        if not fields:
            return
    if fields and not fields.keys() & {"name", "type", "description", *_INNER}:
        # Gemini's and xAI's own tools: each a field, its settings the value.
        for name, settings in fields.items():
            yield Tool(name, "", write(settings, indent=True) if settings else "")
    else:
        yield _tool(fields or declared)


def _tool(declared: Any) -> Tool:
    fields = mapping(declared)
    inner = next((mapping(fields[key]) for key in _INNER if mapping(fields.get(key))), fields)
    name = only_text(inner.get("name")) or only_text(fields.get("type")) or only_text(declared)
    schema = next((inner[key] for key in _SCHEMAS if inner.get(key) is not None), None)
    if schema is None:
        schema = {key: value for key, value in inner.items() if key not in ("name", "type", "description")}
    return Tool(name, only_text(inner.get("description")), _schema(schema))


def _schema(held: Any) -> str:
    """Return a schema as indented JSON, also one in the wrapper of Bedrock, and one that is sent as a text."""
    inner: Any = held["json"] if isinstance(held, dict) and held.keys() == {"json"} else held
    if isinstance(inner, str):
        try:
            return write(parse(inner.encode("utf-8", "surrogatepass")), indent=True)
        except ValueError:
            return str(inner)
    return write(inner, indent=True) if inner else ""
