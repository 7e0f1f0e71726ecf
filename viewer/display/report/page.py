"""The page of a report: its HTML, its data, its script and its style."""

import base64
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from viewer.conversation.conversation import conversation_of
from viewer.conversation.messages import MessageReader, RepeatedMessages
from viewer.display import nodes, token_bars, virtual_table
from viewer.display.assets import joined_modules, style
from viewer.display.blocks import problem_list, times_note
from viewer.display.chunk_columns import columns_to_show
from viewer.display.chunk_rows import packed_table
from viewer.display.colours import css_variables
from viewer.display.deck import page_script, page_stylesheet
from viewer.display.head import head_of
from viewer.display.head_blocks import head_blocks, title_only
from viewer.display.headline import answer_title, stream_title
from viewer.display.html_page import html_page
from viewer.display.nodes import Node, SharedTexts, html, node
from viewer.display.report import overview, sections, whole
from viewer.display.report.columns import packed_tracks
from viewer.display.report.conversation import RepeatedNodes, conversation
from viewer.display.report.session import session_overview
from viewer.display.report.texts import stream_texts
from viewer.redaction.cassette import Redaction
from viewer.redaction.findings import Finding
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream
from viewer.text.html import escape
from viewer.types.chunk_table import GRADES, KINDS

__all__ = ["Download", "report_page", "script", "stylesheet"]

_PACKAGE = "viewer.display.report"
MODULES = ("columns", "search", "inflate", "table", "report")
_STREAM_SECTIONS = {
    "tokens": "Tokens",
    "measures": "Figures",
    "conversation": "Conversation",
    "chunks": "Chunks",
    "http": "HTTP",
}


@dataclass(frozen=True, slots=True)
class Download:
    """The file that readers can save from the page."""

    name: str
    content: bytes
    label: str


@cache
def script() -> str:
    """Return the script of the page, including the deck's."""
    return f"{page_script()}{nodes.script()}{virtual_table.script()}{joined_modules(_PACKAGE, MODULES)}openReport();\n"


@cache
def stylesheet() -> str:
    """Return the style of the page, including the deck's."""
    return (
        css_variables(":root")
        + page_stylesheet()
        + nodes.stylesheet()
        + token_bars.stylesheet()
        + virtual_table.stylesheet()
        + style(_PACKAGE, "report.css")
    )


def report_page(cassette: Cassette, download: Download, findings: Sequence[Finding], options: Redaction | None) -> str:
    """Return a recording as one HTML page. The caller has redacted it with the given options."""
    read_message, nodes_of = RepeatedMessages(), RepeatedNodes()
    streams = [_stream_sections(cassette, stream, read_message, nodes_of) for stream in cassette.streams]
    first = cassette.streams[0] if cassette.streams else None
    parts = {name: (title, streams[0][name]) for name, title in _STREAM_SECTIONS.items()} if streams else {}
    if others := whole.other_responses(cassette):
        parts["responses"] = ("Responses without a stream", others)
    parts["problems"] = (f"Problems ({len(cassette.problems)})", problem_list(cassette.problems))
    parts["redaction"] = ("Redaction", whole.redaction(findings, options))
    head = streams[0]["head"] if streams else _head_without_stream(cassette)
    title = (
        stream_title(first)
        if first
        else answer_title(cassette, cassette.main_interaction)
        if cassette.interactions
        else cassette.name
    )
    links = [node("a", {"href": f"#to-{name}"}, title) for name, (title, _) in parts.items()]
    body = f"""<main>
<header><p class="source">{escape(overview.recording_line(cassette))}</p><div id="save"></div></header>
<div id="streams">{html(session_overview(cassette) or overview.streams_table(cassette))}</div>
<div id="head">{html(head)}</div>
<p id="trouble" class="warning" role="status"></p>
<div id="deck">{html(stream_texts(first) if first else [])}</div>
<nav aria-label="Sections">{html(links)}</nav>
<p id="which" class="note"></p>
{_sections_html(parts)}
</main>
{_inert("packed", _as_json(_data(cassette, streams)))}
{_inert("cassette", download.content)}"""
    return html_page(
        f"{title} · {cassette.name}",
        body,
        style=stylesheet(),
        script=script(),
        data={"file": {"name": download.name, "label": download.label}},
    )


def _head_without_stream(cassette: Cassette) -> list[Node]:
    """Return the head of a recording in which nothing was streamed: that of its first answer."""
    if not cassette.interactions:
        return [title_only(cassette.name)]
    index = cassette.main_interaction
    return head_blocks(head_of(cassette, index, cassette.answers.get(index)))


def _sections_html(parts: Mapping[str, tuple[str, Sequence[Node]]]) -> str:
    """Return all sections. On a wide screen, tokens and figures are side by side."""
    written = {name: _section(name, title, nodes) for name, (title, nodes) in parts.items()}
    pair = "".join(written.pop(name, "") for name in ("tokens", "measures"))
    return f'<div class="pair">{pair}</div>\n{"".join(written.values())}'


def _section(name: str, title: str, nodes: Sequence[Node]) -> str:
    return f'<section id="to-{name}"><h2>{escape(title)}</h2><div id="{name}">{html(nodes)}</div></section>\n'


def _stream_sections(
    cassette: Cassette, stream: Stream, read_message: MessageReader, nodes_of: RepeatedNodes
) -> dict[str, list[Node]]:
    """Return the nodes of a stream by the id of the element that they fill."""
    spoken = conversation_of(cassette.interactions[stream.interaction], stream, read_message)
    return {
        "head": head_blocks(head_of(cassette, stream.interaction, stream, spoken.messages)),
        "tokens": sections.tokens(stream),
        "measures": sections.figures(stream),
        "conversation": conversation(spoken, nodes_of),
        "chunks": [node("p", "note", "The table of chunks needs a browser with JavaScript.")],
        "http": [node("div", "messages", *sections.http(cassette, stream.interaction))],
    }


def _data(cassette: Cassette, sections_of_streams: Sequence[Mapping[str, Sequence[Node]]]) -> dict[str, Any]:
    texts = SharedTexts()
    streams = [
        {
            # The script replaces the note about chunks by the table.
            "sections": {
                name: [texts.packed(one) for one in section] for name, section in named.items() if name != "chunks"
            },
            "table": packed_table(stream.chunks),
            "shown": columns_to_show(stream),
            "note": times_note(stream),
        }
        for stream, named in zip(cassette.streams, sections_of_streams, strict=True)
    ]
    tracks = packed_tracks(cassette.streams)
    return {"version": 3, "kinds": KINDS, "grades": GRADES, "texts": texts.texts, "streams": streams, "tracks": tracks}


def _as_json(data: Any) -> bytes:
    # Half a surrogate pair becomes the escape that JSON has for it.
    return json.dumps(data, allow_nan=False, ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "backslashreplace"
    )


def _inert(identity: str, content: bytes) -> str:
    """Return an element with deflated bytes that the browser does not run."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = base64.b64encode(deflate.compress(content) + deflate.flush()).decode()
    return f'<script type="application/octet-stream;base64" id="{identity}">{packed}</script>'
