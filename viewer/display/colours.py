"""One colour a kind, the same in deck, charts and tables; each at least 4.5:1 on white, or on #0e1117."""

from typing import NamedTuple


class Colour(NamedTuple):
    """Hold a colour for the light theme and one for the dark."""

    light: str
    dark: str


REASONING = Colour("#7A4FD0", "#B79CF0")
CONTENT = Colour("#0A7E8C", "#3CC4D3")
TOOL_CALL = Colour("#A85C08", "#F0A64A")
ERROR = Colour("#C8322B", "#FF7B72")
QUIET = Colour("#6E7781", "#8B949E")

BY_LANE = {
    "reasoning": REASONING,
    "hidden": REASONING,
    "content": CONTENT,
    "audio": CONTENT,
    "tool_call": TOOL_CALL,
    "refusal": ERROR,
    "error": ERROR,
    "silent": QUIET,
    "keep_alive": QUIET,
}
