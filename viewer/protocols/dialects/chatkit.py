"""OpenAI's ChatKit, from a server to its web component: https://openai.github.io/chatkit-python/.

The types are in https://github.com/openai/chatkit-python/blob/main/chatkit/types.py. Events add items to a thread, update them and
complete them. An assistant's message comes as deltas, which its last events repeat. Thoughts are tasks of a workflow, and each
update of one holds all of it. Streams have no finish reason, usage or model.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.cumulative_text import CumulativeText
from viewer.protocols.images import describe_address
from viewer.protocols.indices import next_index
from viewer.protocols.latest_arguments import LatestArguments
from viewer.protocols.reading import Reading
from viewer.protocols.tool_results import result_text
from viewer.protocols.unknown_text import UnknownText, texts_in
from viewer.text.json import as_text, items, mapping, only_text, write
from viewer.text.times import parse_time
from viewer.types.chunk_table import CITATION, CONTENT, FINISH, OTHER, REASONING, SILENT, START
from viewer.types.formats import About
from viewer.types.replies import StreamError
from viewer.types.usage import Usage
from viewer.wire import Events

PROTOCOL = "chatkit"
ABOUT = About(PROTOCOL, "OpenAI ChatKit", "https://openai.github.io/chatkit-python/", "streams of a thread")

_ITEM = "thread.item."
_SHOWN_TYPES = frozenset({"progress_update", "notice", "client_effect", "thread.updated"})
_IMAGE_TYPES = frozenset({"generated_image", "generated_image.updated"})
_MESSAGE_PART = "assistant_message.content_part."


def recognise(sample: Sample) -> int:
    """Look for events of items, then for a thread by its type. The Assistants API names its threads in the framing only."""
    for payload in sample.objects:
        kind = only_text(payload.get("type"))
        if kind.startswith(_ITEM) and ("item" in payload or "item_id" in payload):
            return 95
        if kind == "stream_options" and isinstance(payload.get(kind), dict):
            return 93
    threads = [payload for payload in sample.objects if payload.get("type") in ("thread.created", "thread.updated")]
    return 90 if any(isinstance(payload.get("thread"), dict) for payload in threads) else 0


def read(events: Events, reading: Reading) -> None:
    """Read every event."""
    thread = _Thread(events, reading)
    for event, value in reading.payloads(events):
        rows_before = len(reading.kind)
        # A payload that is not an object may be a text.
        thread.add(event, mapping(value) or {"text": value})
        reading.end_event(event, rows_before)


@dataclass(slots=True)
class _Thread:
    """The items that the events add and update."""

    events: Events
    reading: Reading
    unknown: UnknownText = field(init=False)
    _arguments: LatestArguments = field(init=False)
    _texts: dict[str, dict[str, CumulativeText]] = field(default_factory=dict)
    """The texts that grow, by item and place in it."""
    _others: dict[tuple[str, str], str] = field(default_factory=dict)
    """The other texts as last shown, by item and place in it."""
    _citations: set[tuple[str, str, str]] = field(default_factory=set)
    """The annotations that are shown, by item and part."""
    _tools: dict[str, int] = field(default_factory=dict)
    """By item."""

    def __post_init__(self) -> None:
        self.unknown = UnknownText(self.events, self.reading)
        self._arguments = LatestArguments(self.reading)

    def add(self, event: int, payload: dict[str, Any]) -> None:
        """Add the rows of one event."""
        kind = only_text(payload.get("type"))
        item_id = as_text(payload.get("item_id") or "")
        match kind:
            case "thread.created":
                self.reading.add(event, START, stamp=parse_time(mapping(payload.get("thread")).get("created_at")))
            case "thread.item.added" | "thread.item.done" | "thread.item.replaced":
                self._show_item(event, kind.removeprefix(_ITEM), mapping(payload.get("item")))
            case "thread.item.updated":
                self._update_item(event, item_id, mapping(payload.get("update")))
            case "thread.item.removed":
                self._remove_item(event, item_id)
            case "error":
                code = as_text(payload.get("code") or "")
                message = as_text(payload.get("message") or code or payload)
                self.reading.add_error(event, StreamError(message, code=code))
            case "stream_options":
                self.reading.add(event, SILENT)
            case _ if kind in _SHOWN_TYPES:
                shown = {name: value for name, value in payload.items() if name not in ("type", "icon", "level")}
                self.reading.add(event, OTHER, "\n".join(texts_in(shown)))
            case _:
                self.unknown.add(event, "event type", kind, payload)

    def _show_item(self, event: int, step: str, item: Mapping[str, Any]) -> None:
        """Show an item that was added or is complete. A stream ends after any item of the assistant that is complete."""
        rows_before = len(self.reading.kind)
        self._add_item(event, only_text(item.get("type")), as_text(item.get("id") or ""), item)
        if step == "done":
            self.reading.ended = self.reading.ended or item.get("type") != "user_message"
        elif step == "added":
            self.reading.ended = False
            if len(self.reading.kind) == rows_before:
                self.reading.add(event, START)
            self.reading.end_event(event, rows_before, parse_time(item.get("created_at")))

    def _add_item(self, event: int, kind: str, item_id: str, item: Mapping[str, Any]) -> None:
        """Add what is new in a whole item."""
        match kind:
            case "assistant_message":
                for index, part in enumerate(items(item.get("content"))):
                    self._show_part(event, item_id, index, mapping(part))
            case "client_tool_call":
                self._show_call(event, item_id, item)
            case "workflow" | "task":
                tasks = items(mapping(item.get("workflow")).get("tasks")) or [item.get("task")]
                for index, task in enumerate(tasks):
                    self._show_task(event, item_id, index, mapping(task))
            case "widget":
                self._show_widget(event, item_id, "widget", item.get("widget"))
            case "end_of_turn":
                self.reading.add(event, FINISH)
            case _:
                self._show_other(event, item_id, kind, item)

    def _update_item(self, event: int, item_id: str, update: dict[str, Any]) -> None:
        kind = only_text(update.get("type"))
        if kind.startswith(_MESSAGE_PART):
            self._update_part(event, item_id, kind.removeprefix(_MESSAGE_PART), update)
        elif kind in ("workflow.task.added", "workflow.task.updated"):
            self._show_task(event, item_id, update.get("task_index"), mapping(update.get("task")))
        elif kind == "widget.streaming_text.value_delta":
            place = as_text(update.get("component_id"))
            self._text(item_id, place).append(event, only_text(update.get("delta")))
        elif kind in ("widget.root.updated", "widget.component.updated"):
            place = as_text(update.get("component_id") or "widget")
            self._show_widget(event, item_id, place, update.get("component", update.get("widget")))
        elif kind in _IMAGE_TYPES:
            self._show_image(event, item_id, update)
        else:
            self.unknown.add(event, "update type", kind, update)

    def _update_part(self, event: int, item_id: str, step: str, update: Mapping[str, Any]) -> None:
        """Update a part of an assistant's message: begin it, add to it, or repeat it when it is complete."""
        index = update.get("content_index")
        match step:
            case "text_delta":
                self._text(item_id, as_text(index)).append(event, only_text(update.get("delta")))
            case "annotation_added":
                self._cite(event, item_id, index, update.get("annotation"))
            case "added" | "done":
                self._show_part(event, item_id, index, mapping(update.get("content")))
            case _:
                self.unknown.add(event, "update type", _MESSAGE_PART + step, update)

    def _show_part(self, event: int, item_id: str, index: Any, part: Mapping[str, Any]) -> None:
        """Add what is new in a whole part."""
        self._text(item_id, as_text(index)).update(self.events, event, only_text(part.get("text")))
        for annotation in items(part.get("annotations")):
            self._cite(event, item_id, index, annotation)

    def _cite(self, event: int, item_id: str, index: Any, annotation: Any) -> None:
        """Add an annotation, unless it is shown already: what completes a part repeats all of its annotations."""
        citation = item_id, as_text(index), write(annotation)
        if annotation and citation not in self._citations:
            self._citations.add(citation)
            self.reading.add(event, CITATION, write(annotation))

    def _show_call(self, event: int, item_id: str, item: Mapping[str, Any]) -> None:
        tool = self._tools.setdefault(item_id, next_index(self._tools))
        self.reading.identify_call(tool, item.get("call_id"), item.get("name"))
        self._arguments.update(event, tool, as_text(item.get("arguments")))
        if item.get("status") == "completed":
            returned = result_text(item.get("output"))
            self.reading.note_tool_result(event, returned, item.get("call_id"), item.get("name"))
            self._show(event, item_id, "output", returned)

    def _show_task(self, event: int, item_id: str, index: Any, task: Mapping[str, Any]) -> None:
        """Show a task of a workflow. A thought is reasoning, without its title."""
        place = f"task {as_text(index)}"
        shown = dict(task)
        if task.get("type") == "thought":
            self._text(item_id, place, REASONING).update(self.events, event, only_text(shown.pop("content", "")))
        self._show(event, item_id, place, "\n".join(texts_in({"text": shown.pop("title", None), **shown})))

    def _show_widget(self, event: int, item_id: str, place: str, widget: Any) -> None:
        """Show the texts of a widget. One that is streamed is what the model writes."""
        others: list[str] = []
        for component in _components(widget):
            value = only_text(component.get("value"))
            if isinstance(component.get("streaming"), bool) and component.get("id"):
                self._text(item_id, as_text(component["id"])).update(self.events, event, value)
            else:
                others += texts_in({name: one for name, one in component.items() if not isinstance(one, dict | list)})
        self._show(event, item_id, place, "\n".join(others))

    def _show_image(self, event: int, item_id: str, holder: Mapping[str, Any]) -> None:
        if url := only_text(mapping(holder.get("image")).get("url")):
            self._show(event, item_id, "image", describe_address(url, default="image"))

    def _show_other(self, event: int, item_id: str, kind: str, item: Mapping[str, Any]) -> None:
        """Show an image, what the user said or is asked, or an item of an unknown type."""
        if kind in _IMAGE_TYPES:
            self._show_image(event, item_id, item)
        elif kind in ("user_message", "structured_input"):
            held = [item.get(name) for name in ("content", "quoted_text", "inputs")]
            self._show(event, item_id, kind, "\n".join(texts_in(held)))
        else:
            self.unknown.add(event, "item type", kind, item)

    def _remove_item(self, event: int, item_id: str) -> None:
        """Take back what an item said, as the client removes it."""
        for text in self._texts.pop(item_id, {}).values():
            text.update(self.events, event, "")

    def _text(self, item_id: str, place: str, kind: int = CONTENT) -> CumulativeText:
        return self._texts.setdefault(item_id, {}).setdefault(place, CumulativeText(self.reading, kind))

    def _show(self, event: int, item_id: str, place: str, text: str) -> None:
        """Add a text of kind other, unless it is shown already."""
        if text and self._others.get((item_id, place)) != text:
            self._others[item_id, place] = text
            self.reading.add(event, OTHER, text)


def _components(widget: Any) -> Iterator[dict[str, Any]]:
    """Yield the components of a widget, in the order in which they are shown."""
    waiting = [widget]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield value
            waiting += [one for one in reversed(value.values()) if isinstance(one, dict | list)]
        elif isinstance(value, list):
            waiting += reversed(value)


def usage(reported: Mapping[str, Any], _provider: str | None) -> Usage:
    """Keep the object unchanged: ChatKit reports no usage."""
    return Usage(reported=reported)
