"""The dialog that shares a recording: a link to this moment, and files or a published page with the secrets removed."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from viewer.display.chrome_trace import has_recorded_times
from viewer.display.nodes import Node, node
from viewer.display.otlp import has_spans
from viewer.pages.parts.sheet import sheet
from viewer.pages.server.listed import ListedRecording
from viewer.pages.sharing.link import show_link
from viewer.pages.sharing.outputs import Format, Shared, file, page, redacted
from viewer.pages.sharing.publishing import show_publishing
from viewer.redaction.cassette import Redaction
from viewer.redaction.findings import Finding
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream
from viewer.text.words import counted
from viewer.types.problems import CassetteError

_KEEP_KEY = "share_keep"
_MAX_FINDINGS = 200
_RISK = (
    "Not every secret can be recognised: a password in plain words, a key of an unknown service and what an image or a sound"
    " holds stay in. Look at the preview before you share."
)
_FORMATS: dict[Format, tuple[str, str]] = {
    "page": (
        "Page (HTML)",
        "One file that opens offline in any browser, with the deck, the figures and the recording to save.",
    ),
    "cassette": (
        "Cassette",
        "The recording in its recorder's own format, or as a go-vcr cassette if that cannot be rewritten.",
    ),
    "picture": ("Picture (SVG)", "This stream as a picture that replays it, for a README or a page."),
    "replay": ("Replay (asciicast)", "This stream for asciinema."),
    "transcript": ("Transcript (WebVTT)", "This stream as timed text."),
    "trace": ("Trace (Perfetto)", "The recorded times of all calls and their chunks, for ui.perfetto.dev."),
    "spans": (
        "Spans (OpenTelemetry)",
        "The calls whose start is recorded, as gen_ai spans in the JSON of OTLP, for Jaeger, Langfuse or any collector.",
    ),
    "records": (
        "Log records (OpenTelemetry)",
        "All calls as gen_ai events in the JSON of OTLP, also those without times.",
    ),
}


def show_share(
    cassette: Cassette, recording: ListedRecording, identity: str, stream: Stream | None, choice: int | None
) -> None:
    """Show the button that opens the dialog. `identity` is that of the cassette."""
    if st.button("Share", key="share"):
        _show_dialog(Shared(cassette, recording, identity, stream, choice))


@st.dialog("Share this recording", width="large")
def _show_dialog(shared: Shared) -> None:
    show_sharing(shared)


def show_sharing(shared: Shared) -> None:
    """Show all ways to share a recording. Nothing is written before it is asked for."""
    _show_page_link(shared.recording)
    sheet([node("h2", "", "Without secrets")], key="share_title")
    try:
        with st.spinner("Looking for secrets"):
            options = _options(shared)
    except CassetteError as error:
        _show_error(error, "not_redacted")
        return
    if st.toggle("Preview the page that leaves", key="share_preview"):
        _show_preview(shared, options)
    _show_downloads(shared, options)
    show_publishing(shared, options)


def _show_page_link(recording: ListedRecording) -> None:
    reaches = "It shows the recording as it is, secrets included, to anyone who reaches this server."
    if recording.is_upload:
        reaches += (
            " You opened this file by hand: the link works while this server keeps it. After that, whoever follows the link is asked"
            f" to drop {recording.name}."
        )
    sheet([node("h2", "", "Link to this page, at this moment"), node("p", "note", reaches)], key="share_link_title")
    show_link("Link to this page", "share_link")


def _options(shared: Shared) -> Redaction:
    """Let the user choose what to remove, and show what was found."""
    options = Redaction(
        personal_paths=st.checkbox("Also remove names in paths, such as /home/NAME", key="share_paths"),
        emails=st.checkbox("Also remove e-mail addresses", key="share_emails"),
        identities=st.checkbox("Also remove ids of requests and accounts", key="share_identities"),
        metrics_only=st.checkbox("Remove all texts; keep sizes, times and token counts", key="share_metrics"),
    )
    # With all texts removed, what was found is still worth knowing.
    findings = redacted(shared, replace(options, metrics_only=False)).findings
    listed = findings[:_MAX_FINDINGS]
    gone = sorted({*st.session_state.get(_KEEP_KEY, ())} - {finding.id for finding in listed})
    notes = [_RISK, *(f"{name} is not found now, and no longer kept." for name in gone)]
    sheet(
        [node("p", "verdict", _summary(findings)), *_list(listed), *(node("p", "note", note) for note in notes)],
        key="share_found",
    )
    if not findings:
        return options
    keep = st.multiselect(
        "Keep",
        [finding.id for finding in listed],
        format_func={finding.id: f"{finding.id} · {finding.where}" for finding in listed}.__getitem__,
        key=_KEEP_KEY,
        placeholder="none",
    )
    return replace(options, keep=frozenset(keep))


def _summary(findings: Sequence[Finding]) -> str:
    if not findings:
        return "No secrets were found."
    times = counted(sum(finding.count for finding in findings), "time")
    found = f"{counted(len(findings), 'secret')} found, {times} in all"
    return f"{found}: removed from everything you download or publish, except what you keep."


def _list(findings: Sequence[Finding]) -> list[Node]:
    rows = [
        node(
            "li",
            "",
            node("span", "name", finding.rule),
            f"{finding.where}{f' · {finding.count} times' if finding.count > 1 else ''} {finding.preview}",
        )
        for finding in findings
    ]
    return [node("details", "", node("summary", "", "What was found"), node("ul", "evidence", *rows))] if rows else []


def _show_downloads(shared: Shared, options: Redaction) -> None:
    """Prepare the chosen file, then offer it: a download that fails on the click could not say why."""
    formats = [one for one in _FORMATS if _is_possible(one, shared)]
    wanted = st.pills("Download", formats, format_func=lambda one: _FORMATS[one][0], key="share_format")
    if wanted is None:
        return
    sheet([node("p", "note", _FORMATS[wanted][1])], key="share_format_note")
    try:
        with st.spinner("Writing the file and checking it for secrets"):
            ready = file(shared, options, wanted)
    except CassetteError as error:
        _show_error(error, "no_file")
        return
    if ready.notes:
        sheet([node("p", "note", note) for note in ready.notes], key="share_file_notes")
    st.download_button(
        f"Save {ready.name} ({_size(len(ready.content))})",
        ready.content,
        file_name=ready.name,
        mime=ready.media_type,
        on_click="ignore",
        key=f"save/{wanted}",
        type="primary",
    )


def _is_possible(wanted: Format, shared: Shared) -> bool:
    if wanted == "trace":
        return has_recorded_times(shared.cassette)
    if wanted == "spans":
        return has_spans(shared.cassette)
    if wanted == "records":
        return bool(shared.cassette.streams or shared.cassette.answers)
    return shared.stream is not None or wanted in ("page", "cassette")


def _size(size_bytes: int) -> str:
    return f"{size_bytes / 1e6:,.1f} MB" if size_bytes >= 1e6 else f"{max(1, round(size_bytes / 1e3)):,} kB"


def _show_preview(shared: Shared, options: Redaction) -> None:
    from viewer.pages.sharing.preview import show_preview  # noqa: PLC0415 - few visits need it

    try:
        with st.spinner("Writing the page and checking it for secrets"):
            written = page(shared, options)
            without_secrets = redacted(shared, options).cassette
    except CassetteError as error:
        _show_error(error, "no_preview")
        return
    show_preview(without_secrets, written)


def _show_error(error: CassetteError, key: str) -> None:
    sheet([node("div", {"class": "problem error", "role": "alert"}, node("p", "", str(error)))], key=key)
