"""The function calls of Gemini, as generateContent and Live send them: https://ai.google.dev/api/caching#FunctionCall."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from viewer.protocols.reading import Reading
from viewer.text.json import as_text, items, mapping, write
from viewer.types.chunk_table import MAX_INDEX
from viewer.types.replies import ToolCallStart

_VALUES = ("stringValue", "numberValue", "boolValue")
"""The fields of a piece of streamed arguments that hold its value."""
_STEP = re.compile(r"""\.([^.\[\]]+)|\[(\d{1,9})\]|\[(['"])(.*?)\3\]""")
"""One step of a JSON path: `.name`, `[0]`, `['name']` or `["name"]`."""


class Calls:
    """The function calls of each choice. Vertex AI streams their arguments value by value."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._number: dict[int, int] = {}
        self._open: dict[int, _StreamedArguments] = {}

    def fragments(self, choice: int, call: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
        """Yield the tool index and arguments of one part: a whole call, or a piece of the open call."""
        arguments = call.get("args")
        continues = call.get("willContinue") is True
        streamed = self._open.get(choice)
        if call.get("name") or arguments:
            yield from self.close(choice)
            tool = self._start(choice, call)
            if arguments or not (continues or call.get("partialArgs")):
                yield tool, write({} if arguments is None else arguments)
                return
            streamed = self._open[choice] = _StreamedArguments()
        if streamed is None:
            return
        pieces = (streamed.write(mapping(piece)) for piece in items(call.get("partialArgs")))
        yield self._number[choice], "".join(pieces)
        if not continues:
            yield from self.close(choice)

    def close(self, choice: int) -> Iterator[tuple[int, str]]:
        """Yield the end of the open call. A call whose last piece is missing ends where something else follows."""
        if choice in self._open:
            yield self._number[choice], self._open.pop(choice).end()

    def _start(self, choice: int, call: Mapping[str, Any]) -> int:
        tool = self._number[choice] = min(self._number.get(choice, -1) + 1, MAX_INDEX)
        start = ToolCallStart(as_text(call.get("id") or ""), as_text(call.get("name") or ""))
        self._reading.tool_calls.setdefault((choice, tool), start)
        return tool


class _StreamedArguments:
    """Arguments that are streamed as values with their JSON paths, in document order. They are written as growing JSON."""

    def __init__(self) -> None:
        self._path: list[str | int] = []
        self._in_string = False

    def write(self, piece: Mapping[str, Any]) -> str:
        """Return the JSON that a piece adds. A string at the same path continues the one before."""
        path = _parse_path(as_text(piece.get("jsonPath") or ""))
        if not path:
            return ""
        value = next((piece[name] for name in _VALUES if name in piece), None)
        text = write(value)
        continues = self._in_string and path == self._path and isinstance(value, str)
        begin = "" if continues else self._move(path)
        self._in_string = isinstance(value, str)
        return begin + text[continues : -1 if self._in_string else None]

    def end(self) -> str:
        """Return the JSON that closes everything open."""
        return self._close(0) if self._path else "{}"

    def _move(self, path: list[str | int]) -> str:
        """Return the JSON between the last value and the one at a path."""
        if not self._path:
            self._path = path
            return "".join(map(_opening, path))
        pairs = enumerate(zip(self._path[:-1], path[:-1], strict=False))
        shared = next((place for place, (old, new) in pairs if old != new), min(len(self._path), len(path)) - 1)
        between = (
            self._close(shared + 1) + "," + _opening(path[shared])[1:] + "".join(map(_opening, path[shared + 1 :]))
        )
        self._path = path
        return between

    def _close(self, depth: int) -> str:
        quote = '"' if self._in_string else ""
        return quote + "".join("]" if isinstance(step, int) else "}" for step in reversed(self._path[depth:]))


def _opening(step: str | int) -> str:
    return "[" if isinstance(step, int) else "{" + write(step) + ":"


def _parse_path(path: str) -> list[str | int]:
    """Parse a JSON path (RFC 9535) of a single value to its keys and indices."""
    return [int(index) if index else name or quoted for name, index, _, quoted in _STEP.findall(path)]
