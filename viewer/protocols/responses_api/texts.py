"""The texts of OpenAI Responses: which are streamed, and where whole items and parts of items hold them.

https://platform.openai.com/docs/api-reference/responses-streaming (and the types of the official SDK, `openai.types.responses`)
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from viewer.protocols.images import describe_image
from viewer.protocols.responses_api.calls import ARGUMENTS, CALLS, arguments_of, is_call
from viewer.protocols.unknown_text import texts_in
from viewer.text.json import as_text, items, mapping, only_text
from viewer.types.chunk_table import AUDIO, CONTENT, OTHER, REASONING, REFUSAL, TOOL_CALL

_OTHER_ITEMS = frozenset(
    {
        *("file_search_call", "web_search_call", "image_generation_call", "code_interpreter_call", "program"),
        *("function_call_output", "custom_tool_call_output", "computer_call_output", "local_shell_call_output"),
        *("shell_call_output", "apply_patch_call_output", "tool_search_output", "program_output", "mcp_list_tools"),
        *("mcp_approval_response", "additional_tools", "compaction", "configuration_update"),
    }
)
"""The other known items except messages and reasoning. What they hold is shown as rows of kind other."""


class Streamed(NamedTuple):
    """A text that is streamed as deltas."""

    text: str
    """Its name within the item."""
    kind: int
    whole: str
    """The field that repeats the whole text."""


# By event type without `response.` and the step.
STREAMED = {
    "output_text": Streamed("output_text", CONTENT, "text"),
    "refusal": Streamed("refusal", REFUSAL, "refusal"),
    "reasoning_summary_text": Streamed("reasoning_summary_text", REASONING, "text"),
    "reasoning_text": Streamed("reasoning_text", REASONING, "text"),
    # Realtime calls the same transcript by three names, and some recorders drop the ids that tell it from Responses.
    **dict.fromkeys(
        ("audio.transcript", "audio_transcript", "output_audio_transcript"),
        Streamed("transcript", AUDIO, "transcript"),
    ),
    "function_call_arguments": Streamed(ARGUMENTS, TOOL_CALL, "arguments"),
    "mcp_call_arguments": Streamed(ARGUMENTS, TOOL_CALL, "arguments"),
    "custom_tool_call_input": Streamed(ARGUMENTS, TOOL_CALL, "input"),
    # Without the action of a call that they belong to, these are texts of kind other.
    "code_interpreter_call_code": Streamed("code_interpreter_call_code", OTHER, "code"),
    "shell_call_command": Streamed("shell_call_command", OTHER, "command"),
    "apply_patch_call_operation_diff": Streamed("apply_patch_call_operation_diff", OTHER, "diff"),
}
KINDS = {streamed.text: streamed.kind for streamed in STREAMED.values()}
MODEL_WRITES = frozenset(
    {"code_interpreter_call_code", "shell_call_command", "apply_patch_call_operation_diff", "program"}
)
"""The texts of kind other that the model writes, for tools that OpenAI runs."""
# By type, the name of a part of a message or of reasoning.
_PARTS = {"output_text": "text", "refusal": "refusal", "summary_text": "text", "reasoning_text": "text"}
PART_EVENTS = frozenset({"content_part", "reasoning_summary_part", "reasoning_part"})


class Whole(NamedTuple):
    """A whole text of an item."""

    name: str
    text: str
    annotations: list[Any]


@dataclass(slots=True)
class Text:
    """What was added of one text."""

    pieces: list[str] = field(default_factory=list)
    length: int = 0

    def add(self, piece: str) -> None:
        """Note a piece."""
        self.pieces.append(piece)
        self.length += len(piece)

    def rest_of(self, whole: str) -> str:
        """Return what the whole text has after the pieces, or "" if it does not start with them."""
        return whole[self.length :] if len(whole) > self.length and self.begins(whole) else ""

    def begins(self, whole: str) -> bool:
        """Tell whether the whole text starts with the pieces."""
        return whole.startswith("".join(self.pieces))


def text_of(text: Any, kind: int) -> str:
    """Return a text. Arguments that are an object are written as JSON."""
    return as_text(text) if kind == TOOL_CALL else only_text(text)


def whole_texts(content: Mapping[str, Any]) -> Iterator[Whole]:
    """Yield each text of a whole item."""
    if is_call(content):
        yield Whole(ARGUMENTS, arguments_of(content), [])
        return
    if as_text(content.get("type") or "message") not in ("message", "reasoning"):
        yield from (Whole(name, text, []) for name, text in other_texts(content))
        return
    for parts in (content.get("summary"), content.get("content")):
        for part in map(mapping, items(parts)):
            yield from texts_of_part(part)


def texts_of_part(part: Mapping[str, Any]) -> Iterator[Whole]:
    """Yield the text of a part of a message or of reasoning. An unknown part names it by its type."""
    kind = as_text(part.get("type") or "")
    name = "reasoning_summary_text" if kind == "summary_text" else kind
    if kind in _PARTS:
        yield Whole(name, only_text(part.get(_PARTS[kind])), items(part.get("annotations")))
    else:
        yield Whole(kind, _lines(part), [])


def other_texts(item: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the name and text of each text of an item that is neither a call, a message nor reasoning."""
    kind = as_text(item.get("type"))
    if kind == "code_interpreter_call":
        yield "code_interpreter_call_code", only_text(item.get("code"))
        yield f"{kind} outputs", _lines(item.get("outputs"))
    elif kind == "shell_call":
        commands = items(mapping(item.get("action")).get("commands"))
        yield "shell_call_command", "\n".join(map(only_text, commands))
    elif kind == "tool_search_call":
        yield kind, as_text(item.get("arguments"))
    elif kind == "program":
        yield kind, only_text(item.get("code"))
    elif kind == "image_generation_call":
        image = item.get("result")
        noted = [describe_image("image", item, image)] if image else []
        yield kind, "\n".join([_lines({**item, "result": None}), *noted])
    else:
        yield kind, _lines(item)


def _lines(value: Any) -> str:
    """Return the texts in a value. A search repeats its query in a list of queries."""
    return "\n".join(dict.fromkeys(texts_in(value)))


def is_known(item_type: str) -> bool:
    """Tell whether an item of this type, which is neither a message nor reasoning, is documented."""
    return item_type in CALLS or item_type in _OTHER_ITEMS
