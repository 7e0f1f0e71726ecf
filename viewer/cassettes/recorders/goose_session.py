"""goose: its session files, `goose session export --format json`, and what `goose run --output-format` writes.

https://block.github.io/goose/docs/guides/sessions/session-management, and in https://github.com/block/goose:
crates/goose/src/conversation/message.rs, crates/goose/src/session/ and crates/goose-cli/src/session/mod.rs

Nothing says where a call begins: what the model writes after a result is read as of the next call. Times are whole seconds.
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
from viewer.cassettes.sessions.lines import LineRole, SessionFacts, SessionLine, ToolReturn
from viewer.text.json import as_text, items, mapping, only_text
from viewer.types.formats import About
from viewer.types.problems import Problem
from viewer.types.sessions import Totals
from viewer.types.usage import Usage, count

ABOUT = (
    About(
        "goose",
        "goose",
        "https://block.github.io/goose/",
        "session files, `goose session export --format json`, and `goose run --output-format json` and `stream-json`",
        "the second in which each message was written",
    ),
)

_CALLS = ("toolRequest", "frontendToolRequest")
_PARTS = frozenset(
    {
        *("text", "image", "thinking", "redactedThinking", "reasoning", "toolResponse", *_CALLS),
        *("toolConfirmationRequest", "actionRequired", "systemNotification"),
        *("contextLengthExceeded", "summarizationRequested", "conversationCompacted"),
    }
)
_LINES = frozenset({"message", "notification", "model_change", "error", "complete"})
_COMPACTED = "conversationCompacted"
_MESSAGES = ("conversation", "messages")
"""Where an export and `goose run --output-format json` have the messages."""
_LINES_TO_LOOK_AT = 40
_WHOLE_SECOND_S = 1.0
_SPLIT = Problem(
    "note",
    "Tools that the model called at once may be shown as calls of the model that follow each other.",
    "Newer versions of goose write each tool call and its result as two messages, and nothing says which belong together.",
)


def recognise(document: Document) -> int:
    """Look for a message in goose's form: with a role, a time in seconds and typed parts."""
    head = document.head
    if not (b'"created"' in head and b'"content"' in head and b'"role"' in head):
        return 0
    if _messages_of(document.tree if _is_document(document) else None):
        return 96
    for line in first_objects(document.data, _LINES_TO_LOOK_AT):
        if _is_message(line) or (line.get("type") == "message" and _is_message(mapping(line.get("message")))):
            return 96
    return 0


def _is_message(value: Mapping[str, Any]) -> bool:
    parts = [mapping(part) for part in items(value.get("content"))]
    is_typed = any(only_text(part.get("type")) in _PARTS for part in parts)
    return value.get("role") in ("user", "assistant") and isinstance(value.get("created"), int) and is_typed


def _is_document(document: Document) -> bool:
    return any(b'"%s"' % name.encode() in document.head for name in _MESSAGES)


def _messages_of(tree: Any) -> list[Any]:
    """Return the messages of a document; nothing if it is not goose's."""
    for name in _MESSAGES:
        messages = items(mapping(tree).get(name))
        if any(_is_message(mapping(one)) for one in messages):
            return messages
    return []


def read(document: Document) -> Recording:
    """Return an interaction for each call of a model."""
    reader = _Reader()
    messages = _messages_of(document.tree) if _is_document(document) else []
    lines = _exported(document.tree) if messages else file_lines(document.data, reader.problems)
    assembled = assemble(map(reader.line, lines), reader.facts)
    problems = [*reader.problems, *note_unknown(reader.unknown)]
    if messages:
        problems.append(REWRITTEN)
    if reader.has_single_calls:
        problems.append(_SPLIT)
    return Recording(
        "goose",
        assembled.interactions,
        problems=tuple(problems),
        from_tree=bool(messages),
        session=assembled.session,
    )


def _exported(tree: Any) -> Iterator[FileLine]:
    name = next(name for name in _MESSAGES if items(mapping(tree).get(name)))
    yield line_of(without(tree, name))
    for message in items(tree[name]):
        yield line_of(message)


@dataclass(slots=True)
class _Reader:
    """Classifies lines, and gathers what they say of the session as a whole."""

    facts: SessionFacts = field(default_factory=lambda: SessionFacts("goose"))
    problems: list[Problem] = field(default_factory=list)
    unknown: Counter[str] = field(default_factory=Counter)
    has_single_calls: bool = False
    """Whether a message with one call follows the result of another, with nothing of the user between."""
    _last: str = ""
    """What the last message was: "call", "result" of a call, or "" for anything else."""

    def line(self, line: FileLine) -> SessionLine:
        """Return a line with its role."""
        kind = line.value.get("type")
        message = mapping(line.value.get("message")) if kind == "message" else line.value
        if "role" in message and "content" in message:
            return self._message(line.data, message)
        if kind == "complete":
            self.facts.reported = _totals(line.value, "") or self.facts.reported
            return SessionLine(line.data, "end", reported=self.facts.reported)
        if kind == "error":
            return SessionLine(line.data, "answer")
        if "type" not in line.value:
            self._note_session(line.value)
        elif only_text(kind) not in _LINES:
            self.unknown[as_text(kind)] += 1
        return SessionLine(line.data, "about")

    def _note_session(self, value: Mapping[str, Any]) -> None:
        self.facts.id = self.facts.id or only_text(value.get("id"))
        self.facts.reported = self.facts.reported or _totals(value, "accumulated_")

    def _message(self, data: bytes, message: Mapping[str, Any]) -> SessionLine:
        parts = [mapping(part) for part in items(message.get("content"))]
        kinds = [as_text(part.get("type")) for part in parts]
        self.unknown.update(f"part {kind}" for kind in kinds if kind not in _PARTS)
        visible = mapping(message.get("metadata"))
        at = fields.epoch_moment(message.get("created"), _WHOLE_SECOND_S)
        compacts = _COMPACTED in kinds
        if message.get("role") == "assistant":
            is_of_model = visible.get("agentVisible") is not False and "systemNotification" not in kinds
            calls = tuple(as_text(part.get("id")) for part in parts if as_text(part.get("type")) in _CALLS)
            is_one = len(calls) == 1 and len(parts) == 1
            self.has_single_calls |= is_one and self._last == "result" and bool(message.get("id"))
            self._last = "call" if is_one else ""
            role: LineRole = "answer" if is_of_model and not compacts else "about"
            return SessionLine(data, role, at=at, tool_calls=calls, compacts=compacts)
        returns = tuple(_returned(part) for part in parts if part.get("type") == "toolResponse")
        self._last = "result" if len(returns) == len(parts) == 1 and self._last == "call" else ""
        role = "given" if returns or visible.get("userVisible") is False else "prompt"
        return SessionLine(data, role, at=at, returns=returns, compacts=compacts)


def _returned(part: Mapping[str, Any]) -> ToolReturn:
    result = mapping(part.get("toolResult"))
    is_error = result.get("status") == "error" or mapping(result.get("value")).get("isError") is True
    return ToolReturn(as_text(part.get("id")), is_error)


def _totals(value: Mapping[str, Any], prefix: str) -> Totals | None:
    """Return the tokens of a whole session. A total alone may be that of the last call, depending on the version."""
    used, output, total = (count(value, f"{prefix}{name}_tokens") for name in ("input", "output", "total"))
    if used is None or output is None:
        return None
    return Totals(Usage(input=used, output=output, total=total))
