"""How a recording leaves: as a page of its own, as a cassette without secrets, or published by this server."""

import time
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

import streamlit as st

from viewer.display.asciicast import asciicast
from viewer.display.file_names import GO_VCR_ENDING, saved_name
from viewer.display.webvtt import transcript
from viewer.pages.parts.sheet import Node, node, sheet
from viewer.pages.server.recordings import Recording
from viewer.pages.server.share_routes import share_path
from viewer.pages.server.shares import share_store
from viewer.pages.server.turns import turns
from viewer.redaction import Finding, Redaction, find_secrets
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream
from viewer.text.words import counted
from viewer.types.problems import CassetteError

_EXPIRIES = {"1 day": 86_400.0, "7 days": 604_800.0, "30 days": 2_592_000.0, "until it is deleted": None}
_PUBLISHED_KEY = "published"
_MOST_FINDINGS = 200


def show_share(cassette: Cassette, recording: Recording, stream: Stream | None, choice: int | None) -> None:
    """Show what would go, and the ways out; nothing is made before it is asked for."""
    with st.popover("Share", width="stretch", key="share"):
        # A popover is drawn with the page; what it says takes a look at every text, which can wait until it is opened.
        if not st.toggle("Prepare a page and files without secrets", key="share_open"):
            sheet([node("p", "note", "Nothing leaves this machine unless you take it.")], key="share_closed")
            return
        options = _options(cassette)
        stem = recording.name.rpartition("/")[2] or "recording"
        _download(
            "Page (HTML)", f"{stem}.html", "text/html", lambda: _page(cassette, recording, options), "download_page"
        )
        _download(
            "Cassette",
            _cassette_name(stem, options),
            "text/plain",
            lambda: _cassette(recording, options),
            "download_cassette",
        )
        if stream is not None:
            _replays(cassette, stream, choice, options, stem)
        _publish(cassette, recording, options)


def _options(cassette: Cassette) -> Redaction:
    """Let what goes be chosen, and show what was found."""
    paths = st.checkbox("also names in paths, such as /home/NAME", key="share_paths")
    emails = st.checkbox("also e-mail addresses", key="share_emails")
    metrics_only = st.checkbox("all texts: only sizes, times and tokens stay", key="share_metrics")
    options = Redaction(personal_paths=paths, emails=emails, metrics_only=metrics_only)
    findings = find_secrets(cassette, options)
    sheet([node("p", "note", _told_of_all(findings))], key="share_found")
    kept = st.multiselect(
        "Leave in",
        [finding.id for finding in findings[:_MOST_FINDINGS]],
        format_func={finding.id: _told(finding) for finding in findings}.__getitem__,
        key="share_keep",
        placeholder="nothing",
        disabled=not findings,
    )
    if findings:
        sheet([node("ul", "evidence", *map(_finding, findings[:_MOST_FINDINGS]))], key="share_findings")
    return Redaction(personal_paths=paths, emails=emails, metrics_only=metrics_only, keep=frozenset(kept))


def _told_of_all(findings: Sequence[Finding]) -> str:
    if not findings:
        return "No secret was found."
    times = counted(sum(finding.count for finding in findings), "time")
    return f"{counted(len(findings), 'secret')} found, {times} in all: struck from what you take, except what you leave in."


def _told(finding: Finding) -> str:
    return f"{finding.id} · {finding.where}"


def _finding(finding: Finding) -> Node:
    times = f" · {finding.count} times" if finding.count > 1 else ""
    return node("li", "", node("span", "name", finding.rule), f"{finding.where}{times} {finding.preview}")


def _download(label: str, name: str, media_type: str, make: Callable[[], bytes], key: str) -> None:
    def made() -> bytes:
        with turns().taken(name):
            return make()

    st.download_button(label, made, file_name=name, mime=media_type, on_click="ignore", key=key, width="stretch")


def _page(cassette: Cassette, recording: Recording, options: Redaction) -> bytes:
    import viewer  # noqa: PLC0415 - the report is what few visits ask for

    return viewer.report(cassette, redact=options, data=recording.member.read().data).encode()


def _cassette_name(stem: str, options: Redaction) -> str:
    return saved_name(stem, redacted=True, ending=GO_VCR_ENDING if options.metrics_only else "")


def _cassette(recording: Recording, options: Redaction) -> bytes:
    from viewer.redaction import redact_file  # noqa: PLC0415 - as above

    data = recording.member.read().data
    try:
        return redact_file(data, recording.name, options)[0]
    except CassetteError:
        # Its own format cannot be kept; go-vcr's can be written of any.
        return redact_file(data, recording.name, options, as_go_vcr=True)[0]


def _replays(cassette: Cassette, stream: Stream, choice: int | None, options: Redaction, stem: str) -> None:
    def struck() -> Stream:
        from viewer.redaction import redact  # noqa: PLC0415 - as above

        streams = redact(cassette, options)[0].streams
        return next(one for one in streams if one.interaction == stream.interaction)

    _download(
        "Replay (asciicast)",
        f"{stem}.cast",
        "application/x-asciicast",
        lambda: asciicast(struck(), choice).encode("utf-8", "replace"),
        "download_cast",
    )
    _download(
        "Transcript (WebVTT)",
        f"{stem}.vtt",
        "text/vtt",
        lambda: transcript(struck(), choice).encode("utf-8", "replace"),
        "download_vtt",
    )


def _publish(cassette: Cassette, recording: Recording, options: Redaction) -> None:
    """Offer to publish the page where the server has a store, and list what this session has published."""
    store = share_store()
    if store is None:
        return
    expiry = st.selectbox("Expires after", list(_EXPIRIES), key="share_expiry")
    if st.button("Publish", key="publish", width="stretch"):
        store.sweep()
        try:
            with turns().taken(recording.name):
                page = _page(cassette, recording, options).decode()
        except CassetteError as error:
            sheet([node("div", "problem warning", node("p", "", str(error)))], key="not_published")
            return
        identity = store.publish(page, _EXPIRIES[expiry or "1 day"])
        st.session_state.setdefault(_PUBLISHED_KEY, []).append((identity, recording.name, time.time()))
    for identity, name, _ in st.session_state.get(_PUBLISHED_KEY, []):
        if store.read(identity) is None:
            continue
        sheet([node("p", "note", name)], key=f"published/{identity}")
        st.code(f"{_server()}{share_path(identity)}", language=None, wrap_lines=True)
        if st.button("Delete", key=f"delete/{identity}"):
            store.delete(identity)
            st.rerun()


def _server() -> str:
    """Return the address of this server as the browser knows it."""
    parts = urlsplit(st.context.url or "")
    return f"{parts.scheme}://{parts.netloc}"
