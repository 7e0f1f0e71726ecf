"""The palette: one colour for each kind of chunk, the same in deck, charts, page and report.

Every stylesheet takes its colours from here as custom properties, except for neutral shades such as borders and shadows. Colours of text have a contrast of at least 4.5:1 on `GROUND`.
"""

from collections.abc import Iterable
from typing import NamedTuple


class Colour(NamedTuple):
    """A colour for the light theme and one for the dark theme."""

    light: str
    dark: str

    @property
    def css(self) -> str:
        """Return the CSS value that follows the colour scheme of the element."""
        return f"light-dark({self.light}, {self.dark})"

    def with_alpha(self, light: str, dark: str) -> "Colour":
        """Return this colour made transparent. Each alpha is two hexadecimal digits."""
        return Colour(self.light + light, self.dark + dark)


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

TEXT = Colour("#1f2328", "#e6edf3")
FAINT = Colour("#57606a", "#9aa4af")
"""Secondary text, such as labels and notes."""
GROUND = Colour("#ffffff", "#0e1117")
"""What is behind all text, in the report and in Streamlit (`.streamlit/config.toml`)."""
SOFT = Colour("#f6f8fa", "#161b22")
"""The ground of buttons, code and table heads."""
LINE = Colour("#d8dee4", "#30363d")
FOUND = Colour("#E3B341", "#E3B341")
"""What a search has found, behind black text."""

SIDE_A = Colour("#2563c9", "#7db0ff")
SIDE_B = Colour("#b3418c", "#f48fd0")
"""The two sides of a comparison."""

VARIABLES = {
    "reasoning": REASONING,
    "content": CONTENT,
    "tool": TOOL_CALL,
    "error": ERROR,
    "quiet": QUIET,
    "text": TEXT,
    "faint": FAINT,
    "ground": GROUND,
    "soft": SOFT,
    "line": LINE,
    "found": FOUND,
    "side-a": SIDE_A,
    "side-b": SIDE_B,
}
"""The palette by the names of its custom properties."""


def css_variables(selector: str, names: Iterable[str] = VARIABLES) -> str:
    """Return the palette, or some names of it, as custom properties of a selector: `--reasoning`, `--content`, `--tool` and so on."""
    return f"{selector} {{ {'; '.join(f'--{name}: {VARIABLES[name].css}' for name in names)} }}\n"
