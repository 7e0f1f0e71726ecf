"""Arguments of tool calls that a later event may send again as a whole."""

from viewer.protocols.reading import Reading
from viewer.types.chunk_table import TOOL_CALL


class LatestArguments:
    """The last row with the arguments of each tool call. Only that row keeps its text, so a call has what was sent last."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._rows: dict[int, int] = {}

    def update(self, event: int, tool: int, arguments: str, *, stamp: float | None = None) -> bool:
        """Add a row if the call is new or has other arguments than before. Tell whether a row was added."""
        last = self._rows.get(tool)
        if last is not None:
            if not arguments or self._reading.text[last] == arguments:
                if arguments:
                    self._reading.repeating.add(event)
                return False
            self._reading.text[last] = ""
        self._rows[tool] = len(self._reading.kind)
        self._reading.add(event, TOOL_CALL, arguments, tool=tool, stamp=stamp)
        return True
