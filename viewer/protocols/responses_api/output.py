"""The output of one response of OpenAI Responses, put together from events that say the same several times.

Every text is sent as deltas, as a whole, in its item, and in the final response. Each of these adds only what the ones before
it left out.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from viewer.protocols.images import describe_image
from viewer.protocols.indices import next_index
from viewer.protocols.reading import Reading
from viewer.protocols.responses_api.calls import (
    ARGUMENTS,
    GrowingAction,
    arguments_of,
    call_id_of,
    call_name_of,
    growing_action_of,
    has_action,
    is_call,
)
from viewer.protocols.responses_api.texts import (
    KINDS,
    MODEL_WRITES,
    PART_EVENTS,
    STREAMED,
    Text,
    Whole,
    is_known,
    text_of,
    texts_of_part,
    whole_texts,
)
from viewer.protocols.responses_api.tool_steps import note_steps
from viewer.protocols.responses_api.tool_uses import ToolUses
from viewer.protocols.unknown_text import UnknownText, texts_in
from viewer.text.json import as_text, items, mapping, only_text, write
from viewer.types.chunk_table import (
    AUDIO,
    CITATION,
    NO_TOOL,
    OTHER,
    REASONING,
    SILENT,
    TOOL_CALL,
)
from viewer.types.replies import ToolCallStart

_PART_BREAK = "\n\n"
"""What stands between two parts of the reasoning."""


@dataclass(slots=True, eq=False)
class _Item:
    """What was added of one output item."""

    texts: defaultdict[str, Text] = field(default_factory=lambda: defaultdict(Text))
    citations: int = 0
    tool: int = NO_TOOL
    call: ToolCallStart | None = None
    growing: GrowingAction | None = None
    """The action of the call while it is streamed."""
    expected: str = ""
    """The action that the call started with, which is added if no event repeats it."""
    has_action: bool = False
    rows: list[int] = field(default_factory=list)
    """The rows with the arguments of the call."""


class Output:
    """What was added of one response. Events that repeat it add only what is missing."""

    def __init__(self, reading: Reading, unknown: UnknownText) -> None:
        self._reading = reading
        self._unknown = unknown
        self._uses = ToolUses(reading)
        self._items: list[_Item] = []
        self._by_id: dict[str, _Item] = {}
        self._by_index: dict[str, _Item] = {}
        self._all = _Item()
        """All items taken together."""
        self._reasoning = ""
        """The text that counts as reasoning, the summary or the full one: whichever comes first."""
        self._part: tuple[_Item, Any] | None = None
        """The part of the reasoning that is being added."""
        self._parts_are_announced = False
        """Whether events of their own stand between the parts of the reasoning."""

    def add_event(self, event: int, name: str, payload: Mapping[str, Any]) -> None:
        """Add what an event adds to the output."""
        subject, _, step = name.removeprefix("response.").rpartition(".")
        if subject in STREAMED and step in ("added", "delta", "done"):
            self._add_text(event, subject, payload, step)
        elif subject == "output_item":
            self._add_item(event, payload, done=step == "done")
        elif subject == "output_text.annotation":
            self._cite(event, self._item_of(payload), [payload.get("annotation")])
        elif subject in PART_EVENTS:
            self._add_part(event, payload)
        elif subject == "shell_call_output_content":
            self._fill_other(event, payload, "shell_call_output", payload.get("delta", payload.get("output")))
        elif subject in ("audio", "output_audio") and step == "delta":
            self._reading.add(event, AUDIO)
        elif step == "partial_image":
            which = f"partial image {as_text(payload.get('partial_image_index'))}"
            self._reading.add(event, OTHER, describe_image(which, payload, payload.get("partial_image_b64")))
        elif "response" not in payload:
            self._unknown.add(event, "event type", name, dict(payload))

    def complete(self, event: int, response: Mapping[str, Any]) -> None:
        """Add what only the final response holds.

        Its items may be in a different order than in the events, so calls are compared by id and all other texts together.
        """
        contents = [mapping(content) for content in items(response.get("output"))]
        self._uses.add_final(contents)
        calls = [content for content in contents if is_call(content)]
        called = {item.call.id: item for item in self._items if item.call}
        missing = len(calls) - len(called)
        for content in calls:
            item = called.get(call_id_of(content))
            if item is None and missing > 0:
                missing -= 1
                item = self._item_of({}, new=True)
            if item is not None:
                self._call(item, content)
                self._fill(event, item, whole_texts(content))
        self.close(event)
        others = (whole_texts(content) for content in contents if not is_call(content))
        self._fill(event, self._all, chain.from_iterable(others))

    def close(self, event: int) -> None:
        """Add the actions of calls that no event completed."""
        for item in self._items:
            if item.growing is None and item.expected and not item.texts[ARGUMENTS].length:
                self._add(event, item, ARGUMENTS, item.expected)

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

    def _add_text(self, event: int, subject: str, payload: Mapping[str, Any], step: str) -> None:
        """Add a delta or, from a whole text, what its deltas left out."""
        name, kind, whole = STREAMED[subject]
        item = self._item_of(payload)
        value = payload.get("delta" if step == "delta" else whole)
        if kind == TOOL_CALL:
            self._call(item, {"name": payload.get("name")})
        if item.call and kind == OTHER:
            self._grow(event, item, payload.get("command_index"), only_text(value), whole=step == "done")
        elif step == "done":
            self._fill_part(event, item, name, text_of(value, kind))
        else:
            part = payload.get("summary_index", payload.get("content_index"))
            self._add(event, item, name, text_of(value, kind), part)

    def _grow(self, event: int, item: _Item, index: Any, text: str, *, whole: bool) -> None:
        """Add a piece of the action of a call. A piece of an action that is already whole is of kind other."""
        if item.growing is None:
            self._reading.add(event, OTHER, "" if whole else text)
            return
        added = item.growing.complete(index, text) if whole else item.growing.add(index, text)
        self._add(event, item, ARGUMENTS, added)

    def _add_item(self, event: int, payload: Mapping[str, Any], *, done: bool) -> None:
        """Add the start of an item or, once it is done, what is missing of it."""
        content = mapping(payload.get("item"))
        item = self._item_of(payload, new=not done)
        rows_before = len(self._reading.kind)
        if is_call(content):
            self._call(item, content)
        if done:
            self._uses.add_done(payload)
            note_steps(event, content, self._reading)
            self._fill(event, item, whole_texts(content))
            self._add_rest_of_call(event, content)
        elif item.call:
            item.growing = growing_action_of(content)
            item.expected = arguments_of(content)
            self._add(event, item, ARGUMENTS, item.growing.opening if item.growing else "")
        if content.get("type") == "reasoning" and len(self._reading.kind) == rows_before:
            self._reading.add(event, SILENT)

    def _add_rest_of_call(self, event: int, content: Mapping[str, Any]) -> None:
        """Add what else a call holds: what a server's tool returned, or the checks before an action on a computer."""
        fields = {name: content[name] for name in ("output", "error", "pending_safety_checks") if content.get(name)}
        if fields and is_call(content):
            self._reading.add(event, OTHER, "\n".join(texts_in(fields)))

    def _add_part(self, event: int, payload: Mapping[str, Any]) -> None:
        """Add what a part holds that its deltas left out. Note that parts of the reasoning have events of their own."""
        part = mapping(payload.get("part"))
        self._parts_are_announced |= part.get("type") in ("summary_text", "reasoning_text")
        item = self._item_of(payload)
        for name, text, _ in texts_of_part(part):
            self._fill_part(event, item, name, text)

    def _call(self, item: _Item, content: Mapping[str, Any]) -> None:
        """Note the id and name of a tool call."""
        if item.call is None:
            item.tool = next_index(self._reading.tool_calls)
            item.call = self._reading.tool_calls.setdefault((0, item.tool), ToolCallStart())
        item.call.id = item.call.id or call_id_of(content)
        item.call.name = item.call.name or call_name_of(content)
        item.has_action |= has_action(content)

    def _fill(self, event: int, item: _Item, wholes: Iterable[Whole]) -> None:
        """Add what is missing of whole texts. Parts are joined, since vLLM numbers them inconsistently."""
        texts: defaultdict[str, list[str]] = defaultdict(list)
        annotations: list[Any] = []
        for name, text, cited in wholes:
            texts[name].append(text)
            annotations += cited
        for name, parts in texts.items():
            whole = "".join(parts)
            known = item.texts[name]
            if not known.length:
                for number, part in enumerate(filter(None, parts)):
                    self._add(event, item, name, part, ("whole", number))
            elif name == ARGUMENTS and item.has_action and not known.begins(whole):
                self._replace(event, item, whole)
            elif rest := known.rest_of(whole):
                self._add(event, item, name, rest)
        self._cite(event, item, annotations[item.citations :])

    def _replace(self, event: int, item: _Item, action: str) -> None:
        """Add an action that does not continue what was streamed of it. That becomes kind other."""
        del item.texts[ARGUMENTS]
        for row in item.rows:
            self._reading.kind[row] = OTHER
            self._reading.tool[row] = NO_TOOL
        item.rows.clear()
        self._add(event, item, ARGUMENTS, action)

    def _fill_part(self, event: int, item: _Item, name: str, whole: str) -> None:
        """Add what is missing of one part of a text."""
        known = item.texts[name]
        if whole and not known.length:
            self._add(event, item, name, whole)
        elif rest := known.rest_of(whole):
            self._add(event, item, name, rest)

    def _fill_other(self, event: int, payload: Mapping[str, Any], name: str, value: Any) -> None:
        """Add the text of a value of kind other, or of its whole at the end."""
        text = "\n".join(texts_in(value))
        if "delta" in payload:
            self._add(event, self._item_of(payload), name, text)
        else:
            self._fill_part(event, self._item_of(payload), name, text)

    def _add(self, event: int, item: _Item, name: str, text: str, part: Any = None) -> None:
        kind = KINDS.get(name, OTHER)
        if kind != TOOL_CALL and (not text or (kind == REASONING and name != (self._reasoning or name))):
            self._reading.add(event, SILENT if kind != OTHER else OTHER)
            return
        item.texts[name].add(text)
        self._all.texts[name].add(text)
        if kind == OTHER:
            self._add_other(event, name, text)
            return
        if kind == REASONING:
            self._reasoning = name
            self._separate(event, (item, part))
        if name == ARGUMENTS:
            item.rows.append(len(self._reading.kind))
        self._reading.add(event, kind, text, tool=item.tool if kind == TOOL_CALL else NO_TOOL)

    def _add_other(self, event: int, name: str, text: str) -> None:
        """Add a text that is not output for the user. Report it if nothing is known about it."""
        if name not in KINDS and not is_known(name.partition(" ")[0]):
            self._unknown.add(event, "output item or part", name, text)
            return
        if name in MODEL_WRITES:
            self._reading.written_rows.append(len(self._reading.kind))
        self._reading.add(event, OTHER, text)

    def _separate(self, event: int, part: tuple[_Item, Any]) -> None:
        """Add a break before another part of the reasoning, unless an event of its own stands there."""
        if self._part not in (None, part) and not self._parts_are_announced:
            self._reading.add(event, REASONING, _PART_BREAK)
        self._part = part

    def _cite(self, event: int, item: _Item, annotations: list[Any]) -> None:
        item.citations += len(annotations)
        self._all.citations += len(annotations)
        for annotation in annotations:
            self._reading.add(event, CITATION, write(annotation))
