"""The tab of the recorded request and response."""

import streamlit as st

from viewer.display.nodes import node
from viewer.pages.parts.sheet import sheet
from viewer.streams.cassette import Cassette
from viewer.text.json import parse, write
from viewer.text.masks import masked_headers, masked_url
from viewer.text.safe import well_formed
from viewer.text.words import size
from viewer.types.http import Headers

MAX_BODY_BYTES = 200_000


def show(cassette: Cassette, index: int) -> None:
    """Show the request and the response of one interaction, with secrets masked."""
    interaction = cassette.interactions[index]
    request, response = interaction.request, interaction.response
    left, right = st.columns(2)
    with left:
        line = f"{request.method} {masked_url(request.url)}".strip()
        _show_message("Request", line or "not recorded", request.headers, request.body, f"request_{index}")
    with right:
        line = response.status_line
        _show_message("Response", line or "status not recorded", response.headers, response.body, f"response_{index}")


def _show_message(title: str, line: str, headers: Headers, body: bytes, key: str) -> None:
    sheet([node("h2", "", title), node("p", "", node("code", "", line))], key=f"{key}_line")
    masked = {well_formed(name): well_formed(value) for name, value in masked_headers(headers).items()}
    if masked:
        st.dataframe({"header": list(masked), "value": list(masked.values())}, hide_index=True, key=f"{key}_headers")
    if not body:
        sheet([node("p", "note", "No body.")], key=f"{key}_empty")
        return
    shown = body[:MAX_BODY_BYTES]
    note = "" if len(shown) == len(body) else f", of which the first {size(len(shown))} are shown"
    sheet([node("p", "note", f"Body: {size(len(body))}{note}")], key=f"{key}_size")
    json_text = _pretty(shown)
    text = well_formed(json_text or shown.decode(errors="replace"))
    st.code(text, language="json" if json_text else None, height=420, wrap_lines=True)


def _pretty(text: bytes) -> str:
    """Return JSON indented, or "" if the text is not JSON."""
    try:
        return write(parse(text), indent=True)
    except ValueError:
        return ""
