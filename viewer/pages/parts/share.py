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
from viewer.pages.server.recordings import ListedRecording
from viewer.pages.server.share_routes import share_path
from viewer.pages.server.shares import share_store
from viewer.pages.server.slots import slots
from viewer.redaction import Finding, Redaction, find_secrets
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream
from viewer.text.words import counted
from viewer.types.problems import CassetteError

_EXPIRIES = {"1 day": 86_400.0, "7 days": 604_800.0, "30 days": 2_592_000.0, "until deleted": None}
_PUBLISHED_KEY = "published"
_MAX_FINDINGS = 200


def show_share(cassette: Cassette, recording: ListedRecording, stream: Stream | None, choice: int | None) -> None:
    """Show the secrets found and the downloads. Nothing is written before it is asked for."""
    with st.popover("Share", width="stretch", key="share"):
        # Streamlit draws a closed popover too. Finding secrets reads every text, so it waits for this switch.
        if not st.toggle("Prepare files with secrets removed", key="share_open"):
            sheet(
                [node("p", "note", "Look for secrets, then download or publish the recording without them.")],
                key="share_closed",
            )
            return
        options = _options(cassette)
        stem = recording.name.rpartition("/")[2] or "recording"
        _download(
            "Page (HTML)",
            f"{stem}.html",
            "text/html",
            lambda: _write_page(cassette, recording, options),
            "download_page",
        )
        _download(
            "Cassette",
            _cassette_name(stem, options),
            "text/plain",
            lambda: _write_cassette(recording, options),
            "download_cassette",
        )
        if stream is not None:
            _show_replays(cassette, stream, choice, options, stem)
        _show_publishing(cassette, recording, options)


def _options(cassette: Cassette) -> Redaction:
    """Let the user choose what to remove, and show what was found."""
    paths = st.checkbox("Also remove names in paths, such as /home/NAME", key="share_paths")
    emails = st.checkbox("Also remove e-mail addresses", key="share_emails")
    metrics_only = st.checkbox("Remove all texts; keep sizes, times and token counts", key="share_metrics")
    options = Redaction(personal_paths=paths, emails=emails, metrics_only=metrics_only)
    findings = find_secrets(cassette, options)
    sheet([node("p", "note", _summary(findings))], key="share_found")
    if not findings:
        return options
    keep = st.multiselect(
        "Keep",
        [finding.id for finding in findings[:_MAX_FINDINGS]],
        format_func={finding.id: _label(finding) for finding in findings}.__getitem__,
        key="share_keep",
        placeholder="none",
    )
    sheet([node("ul", "evidence", *map(_finding, findings[:_MAX_FINDINGS]))], key="share_findings")
    return replace(options, keep=frozenset(keep))


def _summary(findings: Sequence[Finding]) -> str:
    if not findings:
        return "No secrets were found. Check what you share: not every secret can be recognised."
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


def _cassette_name(stem: str, options: Redaction) -> str:
    return saved_name(stem, redacted=True, ending=GO_VCR_ENDING if options.metrics_only else "")


def _write_cassette(recording: ListedRecording, options: Redaction) -> bytes:
    from viewer.redaction import redact_file  # noqa: PLC0415 - as above

    data = recording.member.read().data
    try:
        return redact_file(data, recording.name, options)[0]
    except CassetteError:
        # Its own format cannot be written. Any recording can be written as go-vcr.
        return redact_file(data, recording.name, options, as_go_vcr=True)[0]


def _show_replays(cassette: Cassette, stream: Stream, choice: int | None, options: Redaction, stem: str) -> None:
    def redacted() -> Stream:
        from viewer.redaction import redact  # noqa: PLC0415 - as above

        streams = redact(cassette, options)[0].streams
        return next(one for one in streams if one.interaction == stream.interaction)

    _download(
        "Replay (asciicast)",
        f"{stem}.cast",
        "application/x-asciicast",
        lambda: asciicast(redacted(), choice).encode("utf-8", "replace"),
        "download_cast",
    )
    _download(
        "Transcript (WebVTT)",
        f"{stem}.vtt",
        "text/vtt",
        lambda: transcript(redacted(), choice).encode("utf-8", "replace"),
        "download_vtt",
    )


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
            sheet([node("div", "problem warning", node("p", "", str(error)))], key="not_published")
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
