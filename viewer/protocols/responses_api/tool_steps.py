"""What the tools that OpenAI runs were given and returned, read from an output item that is done."""

from collections.abc import Iterator, Mapping
from typing import Any

from viewer.protocols.images import describe_image
from viewer.protocols.reading import Reading
from viewer.protocols.responses_api.calls import call_id_of, call_name_of, is_call
from viewer.protocols.tool_results import result_text
from viewer.text.json import as_text, items, mapping, write

_GIVEN = ("code", "action", "queries", "arguments", "input", "revised_prompt")
_RETURNED = ("output", "outputs", "results", "result")


def note_steps(event: int, item: Mapping[str, Any], reading: Reading) -> None:
    """Note what the tool of an item was given, unless the item is a tool call of the stream, and what it returned."""
    kind, call_id = as_text(item.get("type") or ""), call_id_of(item)
    name = call_name_of(item) or kind.removesuffix("_output").removesuffix("_call")
    if kind.endswith("_call"):
        if not is_call(item):
            reading.note_tool_input(event, _given(item), call_id, name)
    elif not kind.endswith("_output"):
        return
    for text in filter(None, _returned(kind, item)):
        reading.note_tool_result(event, text, call_id, name)
    if error := item.get("error"):
        reading.note_tool_result(event, result_text(error), call_id, name, is_error=True)


def _given(item: Mapping[str, Any]) -> str:
    return next((as_text(item[field]) for field in _GIVEN if item.get(field)), "")


def _returned(kind: str, item: Mapping[str, Any]) -> Iterator[str]:
    if kind == "image_generation_call":
        yield describe_image("image", item, item["result"]) if item.get("result") else ""
        return
    if sources := items(mapping(item.get("action")).get("sources")):
        yield "\n".join(as_text(mapping(source).get("url") or write(source)) for source in sources)
    for field in _RETURNED:
        yield result_text(item.get(field))
