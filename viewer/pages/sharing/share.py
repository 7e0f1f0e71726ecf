"""Sharing a recording with its secrets removed: as a page, a cassette, a replay, a transcript, or published by this server."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

import streamlit as st

from viewer.display.asciicast import asciicast
from viewer.display.file_names import GO_VCR_ENDING, saved_name
from viewer.display.nodes import Node, node
from viewer.display.webvtt import transcript
from viewer.pages.parts.sheet import sheet
from viewer.pages.server.listed import ListedRecording
from viewer.pages.server.share_routes import share_path
from viewer.pages.server.shares import share_store
from viewer.pages.server.slots import slots
from viewer.redaction import Finding, Redaction, find_secrets
from viewer.redaction.outputs import text_redactor
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream
from viewer.text.words import counted
from viewer.types.problems import CassetteError

_EXPIRIES = {"1 day": 86_400.0, "7 days": 604_800.0, "30 days": 2_592_000.0, "until deleted": None}
_PUBLISHED_KEY = "published"
_KEEP_KEY = "share_keep"
_POPOVER_KEY = "share"
_MAX_FINDINGS = 200
_RISK = (
    "Not every secret can be recognised: a password in plain words, a key of an unknown service and what an image or a sound"
    " holds stay in. Look at the preview before you share."
)


def show_share(cassette: Cassette, recording: ListedRecording, stream: Stream | None, choice: int | None) -> None:
    """Show the secrets found and the downloads. Nothing is written before it is asked for."""
    # Only a popover that reports its state can be closed, and it would cover the preview.
    with st.popover("Share", width="stretch", key=_POPOVER_KEY, on_change="rerun"):
        # Streamlit draws a closed popover too. Finding secrets reads every text, so it waits for this switch.
        if not st.toggle("Prepare files with secrets removed", key="share_open"):
            sheet(
                [node("p", "note", "Look for secrets, then download or publish the recording without them.")],
                key="share_closed",
            )
            return
        try:
            options = _options(cassette)
        except CassetteError as error:
            _show_error(error, "not_redacted")
            return
        if st.button("Preview", key="share_preview", width="stretch", on_click=_close):
            _preview(cassette, recording, options)
        # A file name leaves with the file.
        stem = text_redactor(options)(recording.name.rpartition("/")[2]) or "recording"
        _download(
            "Page (HTML)",
            f"{stem}.html",
            "text/html",
            lambda: _write_page(cassette, recording, options),
            "download_page",
        )
        _download(
            "Cassette",
            _cassette_name(stem, cassette, options),
            "text/plain",
            lambda: _write_cassette(cassette, recording, options),
            "download_cassette",
        )
        if stream is not None:
            _show_replays(cassette, stream, choice, options, stem)
        _show_publishing(cassette, recording, options)


def _options(cassette: Cassette) -> Redaction:
    """Let the user choose what to remove, and show what was found."""
    paths = st.checkbox("Also remove names in paths, such as /home/NAME", key="share_paths")
    emails = st.checkbox("Also remove e-mail addresses", key="share_emails")
    identities = st.checkbox("Also remove ids of requests and accounts", key="share_identities")
    metrics_only = st.checkbox("Remove all texts; keep sizes, times and token counts", key="share_metrics")
    options = Redaction(personal_paths=paths, emails=emails, identities=identities, metrics_only=metrics_only)
    findings = find_secrets(cassette, options)
    found = {finding.id for finding in findings[:_MAX_FINDINGS]}
    gone = sorted({*st.session_state.get(_KEEP_KEY, ())} - found)
    notes = [_summary(findings), _RISK, *(f"{name} is not found now, and no longer kept." for name in gone)]
    sheet([node("p", "note", note) for note in notes], key="share_found")
    if not findings:
        return options
    keep = st.multiselect(
        "Keep",
        [finding.id for finding in findings[:_MAX_FINDINGS]],
        format_func={finding.id: _label(finding) for finding in findings}.__getitem__,
        key=_KEEP_KEY,
        placeholder="none",
    )
    sheet([node("ul", "evidence", *map(_finding, findings[:_MAX_FINDINGS]))], key="share_findings")
    return replace(options, keep=frozenset(keep))


def _summary(findings: Sequence[Finding]) -> str:
    if not findings:
        return "No secrets were found."
    times = counted(sum(finding.count for finding in findings), "time")
    found = f"{counted(len(findings), 'secret')} found, {times} in all"
    return f"{found}: removed from everything you download, except what you keep."


def _label(finding: Finding) -> str:
    return f"{finding.id} · {finding.where}"


def _finding(finding: Finding) -> Node:
    times = f" · {finding.count} times" if finding.count > 1 else ""
    return node("li", "", node("span", "name", finding.rule), f"{finding.where}{times} {finding.preview}")


def _download(label: str, name: str, media_type: str, write: Callable[[], bytes], key: str) -> None:
    def write_in_slot() -> bytes:
        with slots().hold(name):
            return write()

    st.download_button(
        label, write_in_slot, file_name=name, mime=media_type, on_click="ignore", key=key, width="stretch"
    )


def _write_page(cassette: Cassette, recording: ListedRecording, options: Redaction) -> bytes:
    import viewer  # noqa: PLC0415 - few visits need the report

    return viewer.report(cassette, redact=options, data=recording.member.read().data).encode()


def _cassette_name(stem: str, cassette: Cassette, options: Redaction) -> str:
    as_go_vcr = options.metrics_only or cassette.has_files_beside
    return saved_name(stem, redacted=True, ending=GO_VCR_ENDING if as_go_vcr else "")


def _write_cassette(cassette: Cassette, recording: ListedRecording, options: Redaction) -> bytes:
    from viewer.redaction import redact_file  # noqa: PLC0415 - as above

    data = recording.member.read().data
    # One file cannot hold the bodies that lie beside a recording, except as a go-vcr cassette.
    as_go_vcr = cassette.has_files_beside
    try:
        return redact_file(data, cassette.name, options, as_go_vcr=as_go_vcr, cassette=cassette)[0]
    except CassetteError:
        # Its own format cannot be written. Any recording can be written as go-vcr.
        return redact_file(data, cassette.name, options, as_go_vcr=True, cassette=cassette)[0]


def _close() -> None:
    st.session_state[_POPOVER_KEY] = False


@st.dialog("Preview of what you share", width="large")
def _preview(cassette: Cassette, recording: ListedRecording, options: Redaction) -> None:
    from viewer.pages.sharing.preview import show_preview  # noqa: PLC0415 - few visits need it
    from viewer.redaction.outputs import outgoing  # noqa: PLC0415 - as above

    try:
        with slots().hold(recording.name):
            show_preview(outgoing(cassette, options).cassette, _write_page(cassette, recording, options).decode())
    except CassetteError as error:
        _show_error(error, "no_preview")


def _show_error(error: CassetteError, key: str) -> None:
    sheet([node("div", "problem warning", node("p", "", str(error)))], key=key)


def _show_replays(cassette: Cassette, stream: Stream, choice: int | None, options: Redaction, stem: str) -> None:
    def write(render: Callable[[Stream, int | None], str]) -> bytes:
        from viewer.redaction.outputs import outgoing  # noqa: PLC0415 - as above

        shown = outgoing(cassette, options)
        text = render(next(one for one in shown.cassette.streams if one.interaction == stream.interaction), choice)
        shown.check(text)
        return text.encode("utf-8", "replace")

    asciicast_type, vtt_type = "application/x-asciicast", "text/vtt"
    _download("Replay (asciicast)", f"{stem}.cast", asciicast_type, lambda: write(asciicast), "download_cast")
    _download("Transcript (WebVTT)", f"{stem}.vtt", vtt_type, lambda: write(transcript), "download_vtt")


def _show_publishing(cassette: Cassette, recording: ListedRecording, options: Redaction) -> None:
    """Offer to publish the page if the server has a store, and list what this session has published."""
    store = share_store()
    if store is None:
        return
    expiry = st.selectbox("Keep published for", list(_EXPIRIES), key="share_expiry")
    if st.button("Publish", key="publish", width="stretch"):
        store.sweep()
        try:
            with slots().hold(recording.name):
                page = _write_page(cassette, recording, options).decode()
        except CassetteError as error:
            _show_error(error, "not_published")
            return
        identity = store.publish(page, _EXPIRIES[expiry or "1 day"])
        st.session_state.setdefault(_PUBLISHED_KEY, []).append((identity, recording.name))
    for identity, name in st.session_state.get(_PUBLISHED_KEY, []):
        if store.find(identity) is None:
            continue
        sheet([node("p", "note", name)], key=f"published/{identity}")
        st.code(f"{_server_address()}{share_path(identity)}", language=None, wrap_lines=True)
        if st.button("Delete", key=f"delete/{identity}"):
            store.delete(identity)
            st.rerun()


def _server_address() -> str:
    """Return the address of this server that the browser uses."""
    parts = urlsplit(st.context.url or "")
    return f"{parts.scheme}://{parts.netloc}"
