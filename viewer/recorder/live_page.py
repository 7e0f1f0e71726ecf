"""The page that shows a recording as it is made: its HTML, its script and its style."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from viewer.display.assets import joined_modules, style
from viewer.display.deck import script as deck_script
from viewer.display.nodes import html, node
from viewer.display.nodes import script as nodes_script
from viewer.display.report.page import stylesheet as report_stylesheet
from viewer.text.words import listed

_PACKAGE = "viewer.recorder"
_MODULES = ("live_delta", "live_list", "live")

LiveFiles = Mapping[str, tuple[str, str]]
"""The content and the media type of each file, by name; the page is ""."""


class Recorded(NamedTuple):
    """An upstream that is recorded, and the address that takes its place."""

    upstream: str
    base: str


def live_files(recorded: Sequence[Recorded], folder: Path) -> LiveFiles:
    """Return what the application serves."""
    script = deck_script() + nodes_script() + joined_modules(_PACKAGE, _MODULES) + "openLive();\n"
    return {
        "": (_page(recorded, folder), "text/html"),
        "live.js": (script, "text/javascript"),
        "live.css": (report_stylesheet() + style(_PACKAGE, "live.css"), "text/css"),
    }


def _page(recorded: Sequence[Recorded], folder: Path) -> str:
    upstreams = listed([one.upstream for one in recorded])
    source = html([node("p", "source", node("b", "", "Recording"), f" {upstreams} to {folder}")])
    bases = [
        node(
            "li",
            "",
            node("code", "base", one.base),
            node("span", "note", f"in place of {one.upstream}"),
        )
        for one in recorded
    ]
    how = html(
        [
            node("h1", "", "Nothing has come yet"),
            node(
                "p", "", "Send a request through the recorder: use this address in the base URL of your SDK or client."
            ),
            node("ul", "bases", *bases),
            node("p", "note", "Each exchange appears here as soon as its response begins, and grows as it arrives."),
        ]
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Recording</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="live.css">
</head>
<body class="live">
<main>
<header>{source}<p id="state" role="status"></p></header>
<div id="empty" hidden>{how}</div>
<div id="session" hidden>
<section id="list" aria-label="Exchanges">
<div class="list-bar"><h2>Exchanges</h2><span id="count" class="note"></span></div>
<ol id="exchanges"></ol>
</section>
<section id="exchange" aria-label="Exchange">
<div id="head"></div>
<div id="deck"></div>
<p id="waiting" class="note" hidden></p>
<div id="below"></div>
</section>
</div>
</main>
<script type="module" src="live.js"></script>
</body>
</html>
"""
