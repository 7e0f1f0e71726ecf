"""The tools that a request declares, read from any provider's shape."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from viewer.text.json import items, mapping, only_text, parse, write

TOOL_FIELDS = ("tools", "functions", "toolConfig", "tool_config", "gen_ai.tool.definitions")
_WRAPPERS = ("function", "custom", "toolSpec", "tool_spec", "systemTool")
_DECLARATIONS = ("functionDeclarations", "function_declarations")
_SCHEMAS = ("parameters", "parametersJsonSchema", "input_schema", "inputSchema", "parameter_definitions", "format")


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool that a model may call."""

    name: str
    """For a provider's own tool without a name, its type, such as "web_search"."""
    description: str
    schema: str
    """Indented JSON of its arguments, or of all settings of a provider's own tool; "" if there are none."""
    source: Any = field(default=None, compare=False, repr=False)
    """The recorded declaration."""


def tools_of(body: Mapping[str, Any]) -> Iterator[Tool]:
    """Yield the tools that a request declares, in order."""
    for key in TOOL_FIELDS:
        value = body.get(key)
        for declared in items(value.get("tools") if isinstance(value, dict) else value):
            yield from _tools_of_entry(declared)


def _tools_of_entry(declared: Any) -> Iterator[Tool]:
    """Yield the tools of one entry of the list. One entry of Gemini's holds several functions and Gemini's own tools."""
    fields = mapping(declared)
    functions = next((fields[key] for key in _DECLARATIONS if isinstance(fields.get(key), list)), None)
    if functions is not None:
        for function in functions:
            yield _tool(function)
        fields = {key: value for key, value in fields.items() if key not in _DECLARATIONS}
        if not fields:
            return
    if fields and not fields.keys() & {"name", "type", "description", *_WRAPPERS}:
        # Gemini's and xAI's own tools: the field is the name, its value the settings.
        for name, settings in fields.items():
            yield Tool(name, "", write(settings, indent=True) if settings else "", {name: settings})
    else:
        yield _tool(fields or declared)


def _tool(declared: Any) -> Tool:
    fields = mapping(declared)
    inner = next((mapping(fields[key]) for key in _WRAPPERS if mapping(fields.get(key))), fields)
    name = only_text(inner.get("name")) or only_text(fields.get("type")) or only_text(declared)
    schema = next((inner[key] for key in _SCHEMAS if inner.get(key) is not None), None)
    if schema is None:
        schema = {key: value for key, value in inner.items() if key not in ("name", "type", "description")}
    return Tool(name, only_text(inner.get("description")), _write_schema(schema), declared)


def _write_schema(schema: Any) -> str:
    """Write a schema as indented JSON, without Bedrock's wrapper. Some clients send the schema as a JSON string."""
    inner: Any = schema["json"] if isinstance(schema, dict) and schema.keys() == {"json"} else schema
    if isinstance(inner, str):
        try:
            return write(parse(inner.encode("utf-8", "surrogatepass")), indent=True)
        except ValueError:
            return str(inner)
    return write(inner, indent=True) if inner else ""
