"""Tool calls whose input comes in pieces, whole, or first in pieces and then whole, as the AI SDK and Mastra send them."""

from dataclasses import dataclass, field
from typing import Any

from viewer.protocols.indices import next_index
from viewer.protocols.reading import Reading
from viewer.text.json import as_text
from viewer.types.chunk_table import TOOL_CALL


@dataclass(slots=True)
class StreamedCalls:
    """The calls of a stream, by id. A whole input adds nothing to the pieces that it repeats."""

    reading: Reading
    _tools: dict[tuple[int, str], int] = field(default_factory=dict)
    """By step and id: some providers count the calls of each step from the same id."""
    _with_input: set[int] = field(default_factory=set)
    _step: int = 0

    def start(self, event: int, call_id: Any, name: Any) -> None:
        """Add the start of a call. An id that comes again in the same step is the same call."""
        tool = self._identify(call_id, name)
        self.reading.add(event, TOOL_CALL, tool=tool)

    def add_piece(self, event: int, call_id: Any, piece: Any) -> bool:
        """Add a piece of the input. Add nothing and return False if no such call has begun or if the piece is not a text."""
        tool = self._tools.get(self._key(call_id))
        if tool is None or not isinstance(piece, str):
            return False
        # An empty piece is not an input. Anthropic begins the input of every call with one.
        if piece:
            self._with_input.add(tool)
        self.reading.add(event, TOOL_CALL, piece, tool=tool)
        return True

    def complete(self, event: int, call_id: Any, name: Any, whole: str) -> None:
        """Add the whole input, if there were no pieces of it."""
        tool = self._identify(call_id, name)
        if tool not in self._with_input:
            self._with_input.add(tool)
            self.reading.add(event, TOOL_CALL, whole, tool=tool)

    def begin_step(self) -> None:
        """Begin a step, in which an id that was used before is another call."""
        self._step += 1

    def _key(self, call_id: Any) -> tuple[int, str]:
        return self._step, as_text(call_id or "")

    def _identify(self, call_id: Any, name: Any) -> int:
        tool = self._tools.setdefault(self._key(call_id), next_index(self._tools))
        self.reading.identify_call(tool, call_id, name)
        return tool
