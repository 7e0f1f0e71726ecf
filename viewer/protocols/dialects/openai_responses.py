"""OpenAI Responses, also as sent by Azure and xAI.

https://platform.openai.com/docs/api-reference/responses-streaming

Every text is sent several times: as deltas, as a whole, in its item, and in the final response. Each of these adds only what
the ones before it left out.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from viewer.protocols import Sample, responses_usage, server_times
from viewer.protocols.indices import next_index
from viewer.protocols.reading import Reading
from viewer.protocols.tool_uses import ToolUses
from viewer.text.json import as_text, items, mapping, write
from viewer.types.chunk_table import (
    CITATION,
    CONTENT,
    ERROR,
    FINISH,
    KEEP_ALIVE,
    NO_TOOL,
    OTHER,
    REASONING,
    REFUSAL,
    SILENT,
    START,
    TOOL_CALL,
)
from viewer.types.formats import About
from viewer.types.replies import StreamError, ToolCallStart
from viewer.wire import Events

PROTOCOL = "openai-responses"
ABOUT = About(
    PROTOCOL,
    "OpenAI Responses",
    "https://platform.openai.com/docs/api-reference/responses-streaming",
    "also from Azure, xAI and llama.cpp",
)

# The kind of each text that is streamed as deltas, and the field that repeats the whole text.
_TEXTS = {
    "output_text": (CONTENT, "text"),
    "refusal": (REFUSAL, "refusal"),
    "reasoning_summary_text": (REASONING, "text"),
    "reasoning_text": (REASONING, "text"),
    "function_call_arguments": (TOOL_CALL, "arguments"),
    "mcp_call_arguments": (TOOL_CALL, "arguments"),
    "custom_tool_call_input": (TOOL_CALL, "input"),
}
# Items that call named tools, and their texts. Built-in tools (search, code interpreter, shell …) are not tool calls.
_CALLS = {
    "function_call": "function_call_arguments",
    "mcp_call": "mcp_call_arguments",
    "custom_tool_call": "custom_tool_call_input",
}
_FINAL_EVENTS = frozenset({"response.completed", "response.incomplete", "response.failed", "response.cancelled"})


def recognise(sample: Sample) -> int:
    """Look for the protocol's event types, then for the path. Events with an id belong to Realtime, which shares types."""
    payloads = [payload for payload in sample.objects if "event_id" not in payload]
    if any(as_text(payload.get("type")).startswith("response.") for payload in payloads):
        return 90
    return 50 if sample.path.endswith("/responses") else 0


def read(events: Events, reading: Reading) -> None:
    """Read every event. `created_at` is when the response was created, so no event has a timestamp."""
    output = _Output(reading)
    for event, value in reading.payloads(events):
        rows_before = len(reading.kind)
        payload = mapping(value)
        name = as_text(payload.get("type") or ("error" if payload.get("error") else events.name[event]))
        response = mapping(payload.get("response"))
        reading.model = reading.model or (as_text(response["model"]) if response.get("model") else None)
        match name:
            case "response.created":
                output = _Output(reading)
                reading.add(event, START)
            case _ if name in _FINAL_EVENTS:
                output.complete(event, response)
                _end(event, name, response, reading)
            case "error":
                _fail(event, payload.get("error") or value, reading)
            case "keepalive" | "ping":
                reading.add(event, KEEP_ALIVE)
            case _:
                output.add_event(event, name, payload)
        if response.get("service_tier"):
            reading.service_tier = as_text(response["service_tier"])
        if response.get("created_at"):
            reading.server_times = server_times.of_response(response) or reading.server_times
        if reported := mapping(response.get("usage")):
            reading.add_usage(event, reported)
        if len(reading.kind) == rows_before:
            reading.add(event, OTHER)


def _end(event: int, name: str, response: Mapping[str, Any], reading: Reading) -> None:
    """Add the finish with the status of the response as its reason, and its error."""
    reading.ended = True
    reading.finish_reasons[0] = as_text(response.get("status") or name.removeprefix("response."))
    if name == "response.failed" or response.get("error"):
        _fail(event, response.get("error") or "The response failed.", reading)
    reading.add(event, FINISH)


def _fail(event: int, value: Any, reading: Reading) -> None:
    """Add an error. The first one counts, since `response.failed` repeats it in other words."""
    details = mapping(value)
    message = details.get("message") or (value if isinstance(value, str) else write(value))
    error = StreamError(as_text(message), as_text(details.get("type") or ""), as_text(details.get("code") or ""))
    reading.error = reading.error or error
    reading.add(event, ERROR, error.message)


@dataclass(slots=True)
class _Text:
    """What was added of one text."""

    pieces: list[str] = field(default_factory=list)
    length: int = 0

    def add(self, piece: str) -> None:
        self.pieces.append(piece)
        self.length += len(piece)

    def rest_of(self, whole: str) -> str:
        """Return what the whole text has after the pieces, or "" if it does not start with them."""
        return whole[self.length :] if len(whole) > self.length and whole.startswith("".join(self.pieces)) else ""


@dataclass(slots=True)
class _Item:
    """What was added of one output item."""

    texts: defaultdict[str, _Text] = field(default_factory=lambda: defaultdict(_Text))
    citations: int = 0
    tool: int = NO_TOOL
    call: ToolCallStart | None = None


class _Output:
    """What was added of one response. Events that repeat it add only what is missing."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._items: list[_Item] = []
        self._by_id: dict[str, _Item] = {}
        self._by_index: dict[str, _Item] = {}
        self._uses = ToolUses(reading)
        self._all = _Item()
        """All items taken together."""
        self._reasoning = ""
        """The text that counts as reasoning, the summary or the full one: whichever comes first."""

    def add_event(self, event: int, name: str, payload: Mapping[str, Any]) -> None:
        """Add what an event adds to the output."""
        subject, _, step = name.removeprefix("response.").rpartition(".")
        if subject in _TEXTS and step in ("delta", "done"):
            self._add_text(event, subject, payload, done=step == "done")
        elif subject == "output_item":
            self._add_item(event, payload, done=step == "done")
        elif subject == "output_text.annotation":
            self._cite(event, self._item_of(payload), [payload.get("annotation")])
        elif step == "delta":
            # The code, command or diff for a built-in tool.
            self._reading.add(event, OTHER, _text_of(payload.get("delta"), OTHER))

    def complete(self, event: int, response: Mapping[str, Any]) -> None:
        """Add what only the final response holds.

        Its items may be in a different order than in the events, so calls are compared by id and all other texts together.
        """
        contents = [mapping(content) for content in items(response.get("output"))]
        self._uses.add_final(contents)
        calls = [content for content in contents if _call_text(content)]
        called = {item.call.id: item for item in self._items if item.call}
        missing = len(calls) - len(called)
        for content in calls:
            item = called.get(_call_id(content))
            if item is None and missing > 0:
                missing -= 1
                item = self._item_of({}, new=True)
            if item is not None:
                self._call(item, content)
                self._fill(event, item, _whole_texts(content))
        others = (_whole_texts(content) for content in contents if not _call_text(content))
        self._fill(event, self._all, chain.from_iterable(others))

    def _item_of(self, payload: Mapping[str, Any], *, new: bool = False) -> _Item:
        """Return the item of an event, by id or by index. GitHub Copilot changes the id of an item with every event."""
        item_id = as_text(payload.get("item_id") or mapping(payload.get("item")).get("id") or "")
        index = as_text(payload.get("output_index", ""))
        by_index = None if new or (item_id and not index) else self._by_index.get(index)
        item = self._by_id.get(item_id) or by_index
        if item is None:
            item = _Item()
            self._items.append(item)
        if item_id:
            self._by_id[item_id] = item
        self._by_index[index] = item
        return item

    def _add_text(self, event: int, name: str, payload: Mapping[str, Any], *, done: bool) -> None:
        """Add a delta or, from a whole text, what its deltas left out."""
        kind, whole = _TEXTS[name]
        item = self._item_of(payload)
        if kind == TOOL_CALL:
            self._call(item, {"name": payload.get("name")})
        if done:
            self._fill(event, item, [(name, _text_of(payload.get(whole), kind), [])])
        else:
            self._add(event, item, name, _text_of(payload.get("delta"), kind))

    def _add_item(self, event: int, payload: Mapping[str, Any], *, done: bool) -> None:
        """Add the start of an item or, once it is done, what is missing of it."""
        content = mapping(payload.get("item"))
        item = self._item_of(payload, new=not done)
        rows_before = len(self._reading.kind)
        if _call_text(content):
            self._call(item, content)
        if done:
            self._uses.add_done(payload)
            self._fill(event, item, _whole_texts(content))
        elif item.call:
            self._reading.add(event, TOOL_CALL, tool=item.tool)
        if content.get("type") == "reasoning" and len(self._reading.kind) == rows_before:
            self._reading.add(event, SILENT)

    def _call(self, item: _Item, content: Mapping[str, Any]) -> None:
        """Note the id and name of a tool call."""
        if item.call is None:
            item.tool = next_index(self._reading.tool_calls)
            item.call = self._reading.tool_calls.setdefault((0, item.tool), ToolCallStart())
        item.call.id = item.call.id or _call_id(content)
        item.call.name = item.call.name or as_text(content.get("name") or "")

    def _fill(self, event: int, item: _Item, wholes: Iterable[tuple[str, str, list[Any]]]) -> None:
        """Add what is missing of whole texts. Parts are joined, since vLLM numbers them inconsistently."""
        texts: defaultdict[str, str] = defaultdict(str)
        annotations: list[Any] = []
        for name, text, cited in wholes:
            texts[name] += text
            annotations += cited
        for name, text in texts.items():
            if rest := item.texts[name].rest_of(text):
                self._add(event, item, name, rest)
        self._cite(event, item, annotations[item.citations :])

    def _add(self, event: int, item: _Item, name: str, text: str) -> None:
        kind, _ = _TEXTS[name]
        if kind == REASONING and text:
            self._reasoning = self._reasoning or name
        if kind != TOOL_CALL and (not text or (kind == REASONING and name != self._reasoning)):
            self._reading.add(event, SILENT)
            return
        item.texts[name].add(text)
        self._all.texts[name].add(text)
        self._reading.add(event, kind, text, tool=item.tool)

    def _cite(self, event: int, item: _Item, annotations: list[Any]) -> None:
        item.citations += len(annotations)
        self._all.citations += len(annotations)
        for annotation in annotations:
            self._reading.add(event, CITATION, write(annotation))


def _call_id(call: Mapping[str, Any]) -> str:
    return as_text(call.get("call_id") or call.get("id") or "")


def _call_text(content: Mapping[str, Any]) -> str:
    """Return the name of the text of an item that is a tool call, or "" if it is not."""
    return _CALLS.get(as_text(content.get("type")), "")


def _text_of(text: Any, kind: int) -> str:
    """Return a text. Arguments that are an object are written as JSON."""
    if isinstance(text, str):
        return text
    return write(text) if kind == TOOL_CALL and text is not None else ""


def _whole_texts(content: Mapping[str, Any]) -> Iterator[tuple[str, str, list[Any]]]:
    """Yield the name, text and annotations of each text of a whole item."""
    if name := _call_text(content):
        yield name, _text_of(content.get(_TEXTS[name][1]), TOOL_CALL), []
    for prefix, parts in (("reasoning_", content.get("summary")), ("", content.get("content"))):
        for part in map(mapping, items(parts)):
            name = prefix + as_text(part.get("type"))
            if name in _TEXTS:
                yield name, _text_of(part.get(_TEXTS[name][1]), CONTENT), items(part.get("annotations"))


def as_events(payload: dict[str, Any]) -> list[tuple[str, Any]] | None:
    """Return a response as the last event of a stream, which repeats everything."""
    if payload.get("object") != "response" or not isinstance(payload.get("output"), list):
        return None
    name = f"response.{payload.get('status')}"
    return [("message", {"type": name if name in _FINAL_EVENTS else "response.completed", "response": payload})]


usage = responses_usage.usage
