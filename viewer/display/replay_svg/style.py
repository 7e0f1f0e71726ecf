"""The stylesheet of the picture: colours for both themes, and the one clock that moves everything.

The clock is a custom property, `--t`, that counts seconds. What appears at a moment takes its opacity from `--t` and its own
moment, so one animation plays all texts, and its end leads back to its beginning. A reader who prefers no motion gets no
animation: then every property has its last value, and the picture shows the finished answer.
"""

from collections.abc import Sequence
from typing import NamedTuple

from viewer.display.colours import BY_LANE, VARIABLES

# How long the finished picture stays before it plays again.
_HOLD_S = 5.0
_FADE_S = 0.4
_SCROLL_S = 0.25
_FACE = 'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",Helvetica,Arial,sans-serif'
_MONO = 'ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace'
_NAMES = ("reasoning", "content", "tool", "error", "quiet", "text", "faint", "ground", "soft", "line")
COLOUR_NAMES = {
    kind: next(name for name, one in VARIABLES.items() if one is colour) for kind, colour in BY_LANE.items()
}
"""The custom property that holds the colour of each kind of lane."""


class Stop(NamedTuple):
    """Where something has moved at a moment, in pixels."""

    at_s: float
    to: float


# In each kind of text: the colour of what has just appeared, then that of what has stood for a while.
_TEXT_KINDS = "".join(
    f".{kind}{{--new:var(--{COLOUR_NAMES[kind]});--ink:var(--{ink})}}"
    for kind, ink in {
        "content": "text",
        "reasoning": "faint",
        "tool_call": "text",
        "refusal": "error",
        "error": "error",
        "silent": "quiet",
    }.items()
)


def stylesheet(end_s: float, head: Sequence[Stop], scroll: Sequence[Stop]) -> str:
    """Return the stylesheet of a picture.

    Args:
        end_s: when the last chunk has appeared.
        head: the way of the play head, from its first place to its last.
        scroll: by how much the text is scrolled up from each moment on; empty if it never is.
    """
    whole_s = end_s + _HOLD_S
    up = scroll[-1].to if scroll else 0
    head_stops = "".join(f"{_percent(at_s, whole_s)}{{--x:{short(to)}}}" for at_s, to in head)
    return (
        f"{_themes()}"
        f'@property --t{{syntax:"&lt;number>";inherits:true;initial-value:{short(whole_s)}}}'
        f'@property --x{{syntax:"&lt;number>";inherits:true;initial-value:{short(head[-1].to)}}}'
        f"text{{font-family:{_FACE};fill:var(--text)}}"
        ".faint{fill:var(--faint)}.bold{font-weight:650}.small{font-size:11px}"
        f".tool_call{{font-family:{_MONO};font-size:14px}}.reasoning{{font-style:italic}}"
        f"{_TEXT_KINDS}"
        ".label{font-size:12px;font-weight:600;font-style:normal;--ink:var(--new)}.label.silent{font-weight:400}"
        # What has just appeared has the colour of its lane.
        "tspan[style]{fill-opacity:clamp(0,(var(--t) - var(--i))*9,1);"
        "fill:color-mix(in srgb,var(--new) calc(clamp(0,1 - (var(--t) - var(--i))*1.4,1)*100%),var(--ink))}"
        ".head{transform:translateX(calc(var(--x)*1px))}"
        f".scroll{{transform:translateY({short(-up)}px)}}"
        "@media(prefers-reduced-motion:no-preference){"
        f"svg{{animation:t {short(whole_s)}s linear infinite,x {short(whole_s)}s linear infinite}}"
        f".scroll{{animation:y {short(whole_s)}s ease-out infinite}}"
        f".fade{{animation:f {short(whole_s)}s linear infinite}}}}"
        f"@keyframes t{{0%{{--t:0}}100%{{--t:{short(whole_s)}}}}}"
        f"@keyframes x{{{head_stops}100%{{--x:{short(head[-1].to)}}}}}"
        f"@keyframes y{{0%{{transform:none}}{_scrolled(scroll, whole_s)}100%{{transform:translateY({short(-up)}px)}}}}"
        f"@keyframes f{{{_percent(whole_s - _FADE_S, whole_s)}{{opacity:1}}100%{{opacity:0}}}}"
    )


def short(value: float, digits: int = 2) -> str:
    """Write a number in few characters."""
    written = f"{value:.{digits}f}"
    written = written.rstrip("0").rstrip(".") if "." in written else written
    return "0" if written == "-0" else written


def _scrolled(scroll: Sequence[Stop], whole_s: float) -> str:
    """Return the key frames that scroll the text up at each stop, before the next one begins."""
    before = [0.0, *(stop.to for stop in scroll)]
    ends_s = [*(stop.at_s for stop in scroll[1:]), whole_s]
    return "".join(
        f"{_percent(at_s, whole_s)}{{transform:translateY({short(-from_px)}px)}}"
        f"{_percent(min(at_s + _SCROLL_S, end_s), whole_s)}{{transform:translateY({short(-to)}px)}}"
        for (at_s, to), from_px, end_s in zip(scroll, before, ends_s, strict=False)
    )


def _percent(at_s: float, whole_s: float) -> str:
    return f"{short(100 * at_s / whole_s, 3)}%"


def _themes() -> str:
    light = ";".join(f"--{name}:{VARIABLES[name].light}" for name in _NAMES)
    dark = ";".join(f"--{name}:{VARIABLES[name].dark}" for name in _NAMES)
    return f":root{{{light}}}@media(prefers-color-scheme:dark){{:root{{{dark}}}}}"
