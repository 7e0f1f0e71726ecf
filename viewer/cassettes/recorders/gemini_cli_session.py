"""Gemini CLI: its saved chats, and what `gemini --output-format stream-json` writes.

https://geminicli.com/docs/cli/headless, and in https://github.com/google-gemini/gemini-cli:
packages/core/src/output/types.ts and packages/core/src/services/chatRecordingTypes.ts

Chats are in `~/.gemini/tmp/…/chats/`: one JSON document, or since 2026 lines, in which a message comes again whenever it is
completed. `stream-json` does not say where a call begins. The program runs tools only once a call has ended, so what the model
writes after a result is of the next call.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.sessions.assembly import assemble
from viewer.cassettes.sessions.documents import REWRITTEN, line_of, without
from viewer.cassettes.sessions.file_lines import FileLine, file_lines, first_objects, note_unknown
from viewer.cassettes.sessions.lines import SessionFacts, SessionLine, ToolReturn
from viewer.text.json import as_text, items, mapping, only_text
from viewer.text.times import seconds_from_ms
from viewer.text.words import counted
from viewer.types.formats import About
from viewer.types.http import Moment
from viewer.types.problems import Problem
from viewer.types.sessions import Totals
from viewer.types.usage import Usage, count

ABOUT = (
    About(
        "gemini-cli-session",
        "Gemini CLI",
        "https://geminicli.com/docs/cli/headless",
        "saved chats (`session-….json` and `.jsonl`), and `--output-format stream-json`",
        "when each line and each result of a tool was written",
    ),
)

_MARKS = (b'"projectHash"', b'"session_id"', b'"tool_id"', b'"stats"', b'"gemini"')
_LINES_TO_LOOK_AT = 20
_OTHER_MESSAGES = ("info", "warning")
_SUCCESS = "success"
_ONLY_TOTALS = Problem(
    "note",
    "The file has the tokens of the whole session, not of each call.",
    "The saved chat of the same session has them: `session-….jsonl` in `~/.gemini/tmp/…/chats/`.",
)


def recognise(document: Document) -> int:
    """Look for a saved chat, for an answer of one whose first line is missing, or for a line that only `stream-json` has."""
    if not any(mark in document.head for mark in _MARKS):
        return 0
    if b'"projectHash"' in document.head and (_is_chat(_first_object(document)) or _is_chat(document.tree)):
        return 96
    for line in first_objects(document.data, _LINES_TO_LOOK_AT):
        if "timestamp" in line and (_is_of_stream(line) or _is_answer(line)):
            return 96
    return 0


def _is_answer(line: Mapping[str, Any]) -> bool:
    """Tell whether a line is an answer in a saved chat. The end of a long chat has no other mark."""
    return line.get("type") == "gemini" and "id" in line and "content" in line and isinstance(line.get("tokens"), dict)


def _is_of_stream(line: Mapping[str, Any]) -> bool:
    match line.get("type"):
        case "init":
            return "session_id" in line and "model" in line
        case "tool_use":
            return "tool_id" in line and "tool_name" in line
        case "result":
            return "stats" in line and "status" in line
    return False


def _is_chat(value: Any) -> bool:
    return isinstance(value, dict) and "sessionId" in value and "projectHash" in value


def _first_object(document: Document) -> Any:
    return next(first_objects(document.data, _LINES_TO_LOOK_AT), None)


def read(document: Document) -> Recording:
    """Return an interaction for each call of a model."""
    reader = _Reader()
    first = _first_object(document)
    whole = document.tree if not _is_chat(first) and b'"projectHash"' in document.head else first
    is_document = _is_chat(whole) and isinstance(mapping(whole).get("messages"), list)
    lines = _lines_of(whole) if is_document else file_lines(document.data, reader.problems)
    assembled = assemble(map(reader.line, lines), reader.facts)
    problems = [*reader.problems, *note_unknown(reader.unknown)]
    if reader.subagents:
        problems.append(_apart(len(reader.subagents)))
    if is_document:
        problems.append(REWRITTEN)
    if reader.facts.reported and len(assembled.interactions) > 1:
        problems.append(_ONLY_TOTALS)
    return Recording(
        "gemini-cli-session",
        assembled.interactions,
        problems=tuple(problems),
        from_tree=is_document,
        session=assembled.session,
    )


def _apart(subagents: int) -> Problem:
    where = "a chat of its own, which is" if subagents == 1 else "chats of their own, which are"
    what = f"{counted(subagents, 'subagent')} worked in {where} not in this file."
    return Problem("note", what, "Open them from the folder next to this file that has the name of the session.")


def _lines_of(chat: Any) -> Iterator[FileLine]:
    yield line_of(without(chat, "messages"))
    for message in items(mapping(chat).get("messages")):
        yield line_of(message)


@dataclass(slots=True)
class _Reader:
    """Classifies lines, and gathers what they say of the session as a whole."""

    facts: SessionFacts = field(default_factory=lambda: SessionFacts("Gemini CLI"))
    problems: list[Problem] = field(default_factory=list)
    unknown: Counter[str] = field(default_factory=Counter)
    subagents: set[str] = field(default_factory=set)
    """The ids of the agents that tools started."""
    _ids: set[str] = field(default_factory=set)
    """The ids of the messages so far."""

    def line(self, line: FileLine) -> SessionLine:
        """Return a line with its role."""
        value = line.value
        self.facts.id = self.facts.id or only_text(value.get("sessionId") or value.get("session_id"))
        at = fields.moment(value.get("timestamp"), fields.MILLISECOND_S)
        match value.get("type"):
            case "message" if value.get("role") == "user":
                return SessionLine(line.data, "prompt", at=at)
            case "message":
                return SessionLine(line.data, "answer", at=at)
            case "tool_use":
                return SessionLine(line.data, "answer", at=at, tool_calls=(as_text(value.get("tool_id")),))
            case "tool_result":
                returned = ToolReturn(as_text(value.get("tool_id")), value.get("status") == "error")
                return SessionLine(line.data, "given", at=at, returns=(returned,))
            case "error" if value.get("severity") != "warning":
                return SessionLine(line.data, "answer", at=at)
            case "result":
                self.facts.reported = _totals(mapping(value.get("stats")))
                return SessionLine(line.data, "end", at=at, reported=self.facts.reported)
            case "user":
                return self._given(line, at)
            case "gemini":
                return self._answer(line, at)
        self._note(value)
        return SessionLine(line.data, "about", at=at, compacts=self._is_compacted(value))

    def _given(self, line: FileLine, at: Moment | None) -> SessionLine:
        """Classify a message of the user. The program also sends the results of tools as such."""
        self._ids.add(as_text(line.value.get("id")))
        parts = [mapping(part) for part in items(line.value.get("content"))]
        results = [mapping(part["functionResponse"]) for part in parts if "functionResponse" in part]
        returns = tuple(ToolReturn(as_text(one.get("id")), "error" in mapping(one.get("response"))) for one in results)
        return SessionLine(line.data, "given" if returns else "prompt", at=at, returns=returns)

    def _answer(self, line: FileLine, at: Moment | None) -> SessionLine:
        calls = [mapping(call) for call in items(line.value.get("toolCalls"))]
        identity = as_text(line.value.get("id"))
        self._ids.add(identity)
        returns = tuple(
            ToolReturn(
                as_text(call.get("id")),
                call.get("status") != _SUCCESS,
                at=fields.moment(call.get("timestamp"), fields.MILLISECOND_S),
            )
            for call in calls
            if call.get("result") is not None
        )
        called = tuple(as_text(call.get("id")) for call in calls)
        self.subagents.update(filter(None, (only_text(call.get("agentId")) for call in calls)))
        return SessionLine(line.data, "answer", call=identity, at=at, tool_calls=called, returns=returns)

    def _note(self, value: Mapping[str, Any]) -> None:
        is_known = value.get("type") in ("init", "error", *_OTHER_MESSAGES)
        if value and not (is_known or value.keys() & {"$set", "$rewindTo"} or _is_chat(value)):
            self.unknown[as_text(value.get("type") or "")] += 1

    def _is_compacted(self, value: Mapping[str, Any]) -> bool:
        """Tell whether a line replaces the conversation by one without messages that it had."""
        messages = mapping(value.get("$set")).get("messages")
        return isinstance(messages, list) and not self._ids <= {as_text(mapping(one).get("id")) for one in messages}


def _totals(stats: Mapping[str, Any]) -> Totals | None:
    """Return what the last line says of the session. Its output leaves out thoughts, which only the total includes."""
    if not stats:
        return None
    usage = Usage(
        input=count(stats, "input_tokens"),
        output=count(stats, "output_tokens"),
        cache_read=count(stats, "cached"),
        total=count(stats, "total_tokens"),
    )
    return Totals(usage, whole_s=seconds_from_ms(stats.get("duration_ms")))
