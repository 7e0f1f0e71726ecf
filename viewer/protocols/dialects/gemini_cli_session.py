"""Gemini CLI: the messages of a saved chat.

https://github.com/google-gemini/gemini-cli: packages/core/src/services/chatRecordingTypes.ts

A message is written again, as a whole, once its tools have run. The results stand with the calls.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.cumulative_text import CumulativeText
from viewer.protocols.indices import next_index
from viewer.protocols.latest_arguments import LatestArguments
from viewer.protocols.reading import Reading
from viewer.protocols.tool_results import result_text
from viewer.protocols.unknown_text import UnknownText, texts_in
from viewer.text.json import as_text, items, mapping, only_text, write
from viewer.text.times import parse_time
from viewer.types.chunk_table import OTHER, REASONING
from viewer.types.formats import About
from viewer.types.replies import StreamError
from viewer.types.usage import Usage, count, sum_check
from viewer.wire import Events

PROTOCOL = "gemini-cli-session"
ABOUT = About(
    PROTOCOL,
    "Gemini CLI chats",
    "https://github.com/google-gemini/gemini-cli",
    "saved chats (`session-….json` and `session-….jsonl`)",
)


def recognise(sample: Sample) -> int:
    """Look for a message of the model, or for an error that stands in its place."""
    for line in sample.objects:
        if line.get("type") in ("gemini", "error") and {"id", "timestamp", "content"} <= line.keys():
            return 95
    return 0


def read(events: Events, reading: Reading) -> None:
    """Read every line."""
    chat = _Chat(events, reading, UnknownText(events, reading), LatestArguments(reading))
    reading.has_stamps_of_program = True
    for event, value in reading.payloads(events):
        line = mapping(value) or {"text": value}
        rows_before = len(reading.kind)
        chat.add(event, line)
        reading.end_event(event, rows_before)


@dataclass(slots=True)
class _Chat:
    """What the messages so far hold, by their ids."""

    events: Events
    reading: Reading
    unknown: UnknownText
    arguments: LatestArguments
    _texts: dict[str, CumulativeText] = field(default_factory=dict)
    _thoughts: dict[str, int] = field(default_factory=dict)
    """How many thoughts of each message are shown."""
    _tools: dict[str, int] = field(default_factory=dict)
    _results: set[str] = field(default_factory=set)

    def add(self, event: int, line: Mapping[str, Any]) -> None:
        """Add the rows of one line."""
        match line.get("type"):
            case "gemini":
                self._add_message(event, line, parse_time(line.get("timestamp")))
            case "error":
                self.reading.ended = True
                self.reading.add_error(event, StreamError("\n".join(texts_in(line.get("content")))))
            case "user" | "info" | "warning":
                self.reading.add(event, OTHER, "\n".join(texts_in(line.get("content"))))
            case None if line.keys() & {"$set", "$rewindTo", "projectHash"}:
                self.reading.add(event, OTHER, "\n".join(texts_in(mapping(line.get("$set")).get("summary") or "")))
            case kind:
                if not self.unknown.add(event, "line type", as_text(kind), dict(line)):
                    self.reading.add(event, OTHER)

    def _add_message(self, event: int, line: Mapping[str, Any], stamp: float | None) -> None:
        identity = as_text(line.get("id"))
        self.reading.note_model(line.get("model"))
        thoughts = [mapping(one) for one in items(line.get("thoughts"))]
        for thought in thoughts[self._thoughts.get(identity, 0) :]:
            text = "\n".join(filter(None, (only_text(thought.get(name)) for name in ("subject", "description"))))
            # Newer versions stamp all thoughts once the answer is complete, so their stamps say nothing of when they came.
            self.reading.add(event, REASONING, f"{text}\n")
        self._thoughts[identity] = max(len(thoughts), self._thoughts.get(identity, 0))
        shown = self._texts.setdefault(identity, CumulativeText(self.reading))
        shown.update(self.events, event, self._text_of(event, line.get("content")) or shown.shown, stamp=stamp)
        for call in items(line.get("toolCalls")):
            self._add_call(event, mapping(call), stamp)
        if isinstance(line.get("tokens"), dict):
            self.reading.add_usage(event, line["tokens"], stamp=stamp)
        # The program writes a message once the model has stopped.
        self.reading.ended = True

    def _text_of(self, event: int, content: Any) -> str:
        """Return the text of a content, and add its other parts. Thoughts and calls are left out: the message has them too."""
        if isinstance(content, str):
            return content
        texts = []
        for part in items(content) or ([content] if content else []):
            fields = mapping(part)
            if isinstance(part, str):
                texts.append(part)
            elif fields.get("thought") or "functionCall" in fields:
                continue
            elif isinstance(fields.get("text"), str):
                texts.append(fields["text"])
            else:
                self.unknown.add(event, "part", ", ".join(fields), part)
        return "".join(texts)

    def _add_call(self, event: int, call: Mapping[str, Any], stamp: float | None) -> None:
        """Add a call and its result. The result came later than the answer, so its row has no stamp."""
        identity = as_text(call.get("id") or "")
        tool = self._tools.setdefault(identity, next_index(self._tools))
        self.reading.identify_call(tool, identity, call.get("name"))
        self.arguments.update(event, tool, write(call["args"]) if call.get("args") else "", stamp=stamp)
        if call.get("result") is None or identity in self._results:
            return
        self._results.add(identity)
        text = _result_of(call["result"]) or only_text(call.get("resultDisplay"))
        self.reading.note_tool_result(event, text, identity, is_error=call.get("status") != "success")
        self.reading.add(event, OTHER, text)


def _result_of(result: Any) -> str:
    """Return what the model was given: the `output` of each function response, or its `error`."""
    texts = []
    for part in items(result) or [result]:
        response = mapping(mapping(mapping(part).get("functionResponse")).get("response"))
        text = response.get("output", response.get("error"))
        texts.append(text if isinstance(text, str) else result_text(response or part))
    return "\n".join(filter(None, texts))


def usage(reported: Mapping[str, Any], _provider: str | None) -> Usage:
    """Convert the tokens of a message, which are those of the Gemini API by other names."""
    prompt, output, thoughts, tool_results, total = (
        count(reported, name) for name in ("input", "output", "thoughts", "tool", "total")
    )
    parts = (prompt, output, thoughts, tool_results)
    return Usage(
        input=None if prompt is None else prompt + (tool_results or 0),
        output=None if output is None else output + (thoughts or 0),
        reasoning=thoughts,
        cache_read=count(reported, "cached"),
        total=total,
        reported=reported,
        checks=()
        if total is None or prompt is None or output is None
        else (sum_check("total = input + output + thoughts + tool", total, *filter(None, parts)),),
    )
