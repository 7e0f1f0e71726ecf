"""Codex: the JSON-RPC messages of `codex app-server`: https://developers.openai.com/codex/app-server.

https://github.com/openai/codex: codex-rs/app-server-protocol. Texts come in pieces, and the completed item repeats them. Items that
Codex runs are calls of tools. `last` is the usage of one call, and `total` that of the thread so far.

Lines of other threads, such as those of subagents, are of kind other. So are the older `codex/event/…`, which repeat the items.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.cumulative_text import CumulativeText
from viewer.protocols.indices import next_index
from viewer.protocols.latest_arguments import LatestArguments
from viewer.protocols.reading import Reading
from viewer.protocols.unknown_text import UnknownText, texts_in
from viewer.protocols.usage_counts import sum_counts
from viewer.text.json import as_text, is_whole_number, items, mapping, only_text, write
from viewer.text.times import parse_epoch, parse_time
from viewer.types import codex
from viewer.types.chunk_table import CONTENT, FINISH, OTHER, REASONING, START
from viewer.types.formats import About
from viewer.types.replies import StreamError
from viewer.types.usage import Usage, count
from viewer.wire import Events

PROTOCOL = "codex-app-server"
ABOUT = About(
    PROTOCOL,
    "Codex app server",
    "https://developers.openai.com/codex/app-server",
    "notifications of `codex app-server`",
)

_RECOGNISED = frozenset({"thread/started", "turn/started", "turn/completed", "item/started", "item/completed", "error"})
_SHOWN = frozenset({"warning", "turn/plan/updated", "configWarning", "deprecationNotice", "thread/realtime/error"})
_OUTPUT = frozenset({"item/commandExecution/outputDelta", "item/fileChange/outputDelta", "item/mcpToolCall/progress"})


def recognise(sample: Sample) -> int:
    """Look for a notification about a thread."""
    for line in sample.objects:
        method, params = as_text(line.get("method") or ""), mapping(line.get("params"))
        is_told = method in _RECOGNISED or method in codex.TEXT_DELTAS or method == "thread/tokenUsage/updated"
        if is_told and _thread_of(params):
            return 95
    return 0


def _thread_of(params: Mapping[str, Any]) -> str:
    return only_text(params.get("threadId") or mapping(params.get("thread")).get("id"))


def read(events: Events, reading: Reading) -> None:
    """Read every line."""
    thread = _Thread(events, reading, UnknownText(events, reading), LatestArguments(reading))
    reading.has_stamps_of_program = reading.has_stamps_of_pieces = True
    for event, value in reading.payloads(events):
        line = mapping(value) or {"text": value}
        rows_before = len(reading.kind)
        is_answer = thread.add(event, line)
        reading.end_event(event, rows_before, _stamp(line) if is_answer else None)


def _stamp(line: Mapping[str, Any]) -> float | None:
    params = mapping(line.get("params"))
    stamps = (line.get("emittedAtMs"), params.get("completedAtMs"), params.get("startedAtMs"))
    known = (one for stamp in stamps if (one := parse_epoch(stamp)) is not None)
    return next(known, None) or parse_time(line.get("timestamp"))


@dataclass(slots=True)
class _Thread:
    """The texts, calls and usage of the first thread."""

    events: Events
    reading: Reading
    unknown: UnknownText
    arguments: LatestArguments
    _id: str = ""
    _texts: dict[tuple[str, str], CumulativeText] = field(default_factory=dict)
    _parts: dict[str, int] = field(default_factory=dict)
    """By item, the part of the summary that its pieces belong to."""
    _tools: dict[str, int] = field(default_factory=dict)
    _total: dict[str, Any] | None = None
    _used: dict[str, Any] = field(default_factory=dict)

    def add(self, event: int, line: Mapping[str, Any]) -> bool:
        """Add the rows of one line. Return whether its stamp tells when a model answered."""
        params, method = mapping(line.get("params")), as_text(line.get("method") or "")
        thread = _thread_of(params)
        self._id = self._id or thread
        if thread and thread != self._id:
            self.reading.add(event, OTHER, "\n".join(texts_in({**params, "threadId": None})))
            return False
        match method:
            case "item/started" | "item/completed":
                return self._add_item(event, mapping(params.get("item")), is_end=method == "item/completed")
            case "thread/started" | "turn/started":
                self.reading.add(event, START)
            case "turn/completed":
                self._finish(event, mapping(params.get("turn")))
            case "thread/tokenUsage/updated":
                self._add_usage(event, mapping(params.get("tokenUsage")))
            case "error" if params.get("willRetry") is not True:
                self._add_error(event, mapping(params.get("error")))
            case _ if method in codex.TEXT_DELTAS:
                self._add_piece(event, method, as_text(params.get("itemId") or ""), params)
                return True
            case _ if method in _OUTPUT:
                self.reading.add(event, OTHER, only_text(params.get("delta") or params.get("message")))
            case _:
                self._add_other(event, method, line)
        return False

    def _add_other(self, event: int, method: str, line: Mapping[str, Any]) -> None:
        if method in _SHOWN or method == "error":
            self.reading.add(event, OTHER, "\n".join(texts_in(line.get("params"))))
        elif not method and isinstance(line.get("error"), dict):
            # It answers a request of the client, so it is not an error of the model.
            self.reading.add(event, OTHER, only_text(line["error"].get("message")))
        elif (
            method.partition("/")[0] in codex.METHOD_GROUPS
            or (not method and line.keys() & {"result", "error"})
            or not self.unknown.add(event, "method", method, dict(line))
        ):
            self.reading.add(event, OTHER)

    def _text(self, identity: str, field_name: str) -> CumulativeText:
        kind = REASONING if field_name in ("summary", "content") else CONTENT
        return self._texts.setdefault((identity, field_name), CumulativeText(self.reading, kind))

    def _add_piece(self, event: int, method: str, identity: str, params: Mapping[str, Any]) -> None:
        delta = only_text(params.get("delta"))
        if method in ("item/reasoning/summaryTextDelta", "item/reasoning/textDelta"):
            name = "summary" if "summary" in method else "content"
            part = params.get("summaryIndex", params.get("contentIndex"))
            key, place = f"{identity}/{name}", part if is_whole_number(part) else 0
            if place > self._parts.setdefault(key, place) and delta:
                delta = f"\n\n{delta}"
                self._parts[key] = place
            self._text(identity, name).append(event, delta)
        elif delta:
            self._text(identity, "text").append(event, delta)
        else:
            self.reading.add(event, START)

    def _add_item(self, event: int, item: Mapping[str, Any], *, is_end: bool) -> bool:
        kind, identity = as_text(item.get("type") or ""), as_text(item.get("id") or "")
        if kind in codex.TEXT_ITEMS:
            for name in ("summary", "content", "text"):
                value = item.get(name)
                text = "\n\n".join(map(only_text, items(value))) if isinstance(value, list) else only_text(value)
                if is_end and text:
                    self._text(identity, name).update(self.events, event, text)
            return True
        if kind in codex.TOOL_ITEMS:
            given, returned = codex.TOOL_ITEMS[kind]
            self._add_call(event, kind, identity, item, given)
            if is_end:
                text = "\n".join(text for name in returned for text in texts_in(item.get(name)))
                if text:
                    self.reading.note_tool_result(event, text, identity)
                self.reading.add(event, OTHER, text)
            return not is_end
        if kind in codex.PROVIDER_ITEMS:
            self._add_call(event, kind, identity, item, codex.PROVIDER_ITEMS[kind])
            return True
        if kind in codex.OTHER_SERVER_ITEMS:
            self.reading.add(event, OTHER, "\n".join(texts_in({**item, "type": None})) if is_end else "")
        elif not self.unknown.add(event, "item type", kind, dict(item)):
            self.reading.add(event, OTHER)
        return False

    def _add_call(self, event: int, kind: str, identity: str, item: Mapping[str, Any], names: tuple[str, ...]) -> None:
        tool = self._tools.setdefault(identity, next_index(self._tools))
        self.reading.identify_call(tool, identity, only_text(item.get("tool")) or kind)
        given = {name: item[name] for name in names if item.get(name)}
        if names == ("arguments",):
            given = mapping(item.get("arguments")) or given
        self.arguments.update(event, tool, write(given) if given else "")

    def _add_usage(self, event: int, reported: Mapping[str, Any]) -> None:
        """Add the usage of a call, unless it was counted before."""
        total, last = mapping(reported.get("total")), mapping(reported.get("last"))
        if "inputTokens" not in last or total == self._total:
            self.reading.add(event, OTHER)
            return
        self._total, self._used = total, sum_counts(filter(None, (self._used, last)))
        self.reading.add_usage(event, self._used)
        self.reading.ended = True

    def _finish(self, event: int, turn: Mapping[str, Any]) -> None:
        self.reading.ended = True
        self.reading.finish_reasons[0] = as_text(turn.get("status") or "completed")
        self.reading.add(event, FINISH)
        if isinstance(turn.get("error"), dict):
            self._add_error(event, turn["error"])

    def _add_error(self, event: int, error: Mapping[str, Any]) -> None:
        info = error.get("codexErrorInfo")
        message = "\n".join(filter(None, (only_text(error.get("message")), only_text(error.get("additionalDetails")))))
        self.reading.add_error(
            event, StreamError(message, info if isinstance(info, str) else next(iter(mapping(info)), ""))
        )


def usage(reported: Mapping[str, Any], _provider: str | None) -> Usage:
    """Convert a usage object. Its input includes cached tokens, and its output those of reasoning."""
    return Usage(
        input=count(reported, "inputTokens"),
        output=count(reported, "outputTokens"),
        reasoning=count(reported, "reasoningOutputTokens"),
        cache_read=count(reported, "cachedInputTokens"),
        cache_write=count(reported, "cacheWriteInputTokens"),
        total=count(reported, "totalTokens"),
        reported=reported,
    )
