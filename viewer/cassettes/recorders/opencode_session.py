"""opencode: exported sessions, the lines of `opencode run --format json`, and the events of its server, saved to a file.

https://opencode.ai/docs/cli and https://opencode.ai/docs/server/. The types are those of the npm package `@opencode-ai/sdk`.

A message of the model has a step for each call of it, from `step-start` to `step-finish`. Today it has one, older ones several.
A subagent is a session of its own, whose id the tool `task` has in its metadata.
"""

from collections.abc import Iterator
from typing import Any

from viewer.cassettes import Recording
from viewer.cassettes.document import Document
from viewer.cassettes.sessions.assembly import assemble
from viewer.cassettes.sessions.documents import REWRITTEN, line_of, without
from viewer.cassettes.sessions.file_lines import FileLine, file_lines, first_objects, note_unknown
from viewer.cassettes.sessions.opencode_lines import RUN_LINES, STEP_PARTS, OpencodeLines, inner_event
from viewer.text.json import as_text, items, mapping, only_text, parse
from viewer.types.formats import About
from viewer.types.problems import Problem
from viewer.wire import sse
from viewer.wire.sniff import is_event_stream

ABOUT = (
    About(
        "opencode",
        "opencode",
        "https://opencode.ai/docs/cli",
        "`opencode export`, `opencode run --format json`, and saved events of the server, with subagents",
        "when each part began and ended, and how long tools ran",
    ),
)

_LINES_TO_LOOK_AT = 60
_UNFRAMED = Problem(
    "note",
    "The file has server-sent events. The data of each is shown as a line.",
    "Comments, and the ids and names of events, are left out.",
)


def recognise(document: Document) -> int:
    """Look for an exported session, or for lines or events that name their session."""
    head = document.head
    if b'"sessionID"' not in head:
        return 0
    if b'"parts"' in head and b'"info"' in head and _is_export(document.tree):
        return 97
    if not (b'"message.updated"' in head or b'"part"' in head):
        return 0
    for line in first_objects(document.data, _LINES_TO_LOOK_AT, in_events=True):
        event = inner_event(line)
        info = mapping(mapping(event.get("properties")).get("info"))
        if event.get("type") == "message.updated" and "sessionID" in info and info.get("role") == "assistant":
            return 96
        if only_text(line.get("type")) in RUN_LINES and isinstance(line.get("part"), dict) and "sessionID" in line:
            return 96
    return 0


def _is_export(tree: Any) -> bool:
    messages = [mapping(one) for one in items(mapping(tree).get("messages"))]
    return "id" in mapping(mapping(tree).get("info")) and any(
        "role" in mapping(one.get("info")) and isinstance(one.get("parts"), list) for one in messages
    )


def read(document: Document) -> Recording:
    """Return an interaction for each step of a model."""
    reader = OpencodeLines()
    is_export = b'"messages"' in document.data and _is_export(document.tree)
    problems: list[Problem] = []
    if is_export:
        lines = _exported(document.tree)
        problems.append(REWRITTEN)
    elif is_event_stream(document.data):
        lines = _events(document.data)
        problems.append(_UNFRAMED)
    else:
        lines = file_lines(document.data, reader.problems)
    assembled = assemble(map(reader.line, lines), reader.facts)
    problems = [*reader.problems, *problems, *note_unknown(reader.unknown)]
    return Recording(
        "opencode",
        assembled.interactions,
        reader.version,
        tuple(problems),
        from_tree=is_export,
        session=assembled.session,
    )


def _exported(tree: Any) -> Iterator[FileLine]:
    """Yield a line for each message, and for each step of a message that has several."""
    yield line_of(without(tree, "messages"))
    for message in items(mapping(tree).get("messages")):
        value = mapping(message)
        for parts in _steps_of(items(value.get("parts"))):
            yield line_of({**value, "parts": parts} if value else message)


def _steps_of(parts: list[Any]) -> list[list[Any]]:
    steps: list[list[Any]] = [[]]
    is_over = False
    for part in parts:
        kind = as_text(mapping(part).get("type"))
        if is_over and kind in STEP_PARTS:
            steps.append([])
            is_over = False
        steps[-1].append(part)
        is_over |= kind == "step-finish"
    return steps


def _events(data: bytes) -> Iterator[FileLine]:
    for payload in sse.decode(data).data:
        if payload:
            try:
                value = mapping(parse(payload))
            except ValueError:
                value = {}
            yield FileLine(payload.replace(b"\n", b" "), value)
