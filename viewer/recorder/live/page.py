"""The page that shows a recording as it is made: its HTML, its script and its style."""

from collections.abc import Mapping

from viewer.display.assets import joined_modules, style
from viewer.display.deck import script as deck_script
from viewer.display.nodes import Node, html, node
from viewer.display.nodes import script as nodes_script
from viewer.display.report.page import stylesheet as report_stylesheet
from viewer.recorder.live.recorded import Recorded

_PACKAGE = "viewer.recorder.live"
_MODULES = ("delta", "list", "page")

LiveFiles = Mapping[str, tuple[str, str]]
"""The content and the media type of each file, by name; the page is ""."""


def live_files(recorded: Recorded) -> LiveFiles:
    """Return what the application serves."""
    script = deck_script() + nodes_script() + joined_modules(_PACKAGE, _MODULES) + "openLive();\n"
    return {
        "": (_page(recorded), "text/html"),
        "live.js": (script, "text/javascript"),
        "live.css": (report_stylesheet() + style(_PACKAGE, "page.css"), "text/css"),
    }


def _how_to_begin(recorded: Recorded) -> list[Node]:
    """Return what to do while there is no exchange."""
    places = [
        node("li", "", node("code", "base", place.base), node("span", "note", f"in place of {place.upstream}"))
        for place in recorded.places
    ]
    use = (
        [node("p", "", "Use this base URL in your SDK or client, and send a request:"), node("ul", "bases", *places)]
        if places
        else [node("p", "", f"{recorded.what} has sent no request yet.")]
    )
    note = "Each exchange appears here when its response begins, and grows as it arrives. It is shown as it is, secrets included."
    return [node("h1", "", "Nothing has come yet"), *use, node("p", "note", note)]


def _page(recorded: Recorded) -> str:
    source = html([node("p", "source", node("b", "", "Recording"), f" {recorded.what} to {recorded.folder}")])
    how = html(_how_to_begin(recorded))
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
