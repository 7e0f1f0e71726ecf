"""What leaves when a recording is shared. Its secrets are searched once, and each output is written once, whoever asks for it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal, TypeVar

from viewer.display.asciicast import asciicast
from viewer.display.chrome_trace import chrome_trace
from viewer.display.file_names import GO_VCR_ENDING, saved_name
from viewer.display.otlp import otlp_records, otlp_spans
from viewer.display.otlp.document import Written
from viewer.display.replay_svg import animated_svg
from viewer.display.webvtt import transcript
from viewer.pages.server.cache import server_cache
from viewer.pages.server.listed import ListedRecording
from viewer.pages.server.recordings import MEMORY_RATIO
from viewer.pages.server.slots import slots
from viewer.redaction.cassette import Redacted, Redaction, redact_to_share
from viewer.redaction.outputs import outgoing_of, text_redactor
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream
from viewer.types.problems import CassetteError

Value = TypeVar("Value")
Format = Literal["page", "cassette", "picture", "replay", "transcript", "trace", "spans", "records"]


@dataclass(frozen=True, slots=True, eq=False)
class Shared:
    """A recording that is about to be shared, and the stream that is shown."""

    cassette: Cassette
    recording: ListedRecording
    identity: str
    """Of the cassette, as `open_cassette` returns it."""
    stream: Stream | None
    choice: int | None


@dataclass(frozen=True, slots=True)
class File:
    """A file to save."""

    name: str
    media_type: str
    content: bytes
    notes: tuple[str, ...] = ()
    """What is missing from it, and why."""


def redacted(shared: Shared, options: Redaction) -> Redacted:
    """Return the recording without its secrets. The caller has a ledger of its own."""
    cassette = shared.cassette
    # Finding secrets keeps every text in memory once more.
    size_bytes = 2 * MEMORY_RATIO * sum(len(one.request.body) + len(one.response.body) for one in cassette.interactions)
    key = ("redacted", shared.identity, options)
    found = server_cache().get(
        key, lambda: _in_slot(shared, lambda: redact_to_share(cassette, options)), lambda _: size_bytes
    )
    return found.apart()


def page(shared: Shared, options: Redaction) -> str:
    """Return the page of the recording. Raise `CassetteError` if a secret would be left in it."""

    def write() -> str:
        from viewer.display.report.report import redacted_report  # noqa: PLC0415 - few visits need the report

        without_secrets = redacted(shared, options)
        data = shared.recording.member.read().data
        return _in_slot(shared, lambda: redacted_report(without_secrets, options, data))

    return server_cache().get(("shared page", shared.identity, options), write, len)


def file(shared: Shared, options: Redaction, wanted: Format) -> File:
    """Return a file to save. Raise `CassetteError` if it cannot be written without a secret."""
    # A file name leaves with the file.
    stem = text_redactor(options)(shared.recording.name.rpartition("/")[2]) or "recording"
    match wanted:
        case "page":
            return File(f"{stem}.html", "text/html", page(shared, options).encode())
        case "cassette":
            return _cassette_file(shared, options, stem)
        case "picture":
            svg = _rendered(shared, options, lambda cassette: animated_svg(cassette, *_shown(shared, cassette)))
            return File(f"{stem}.svg", "image/svg+xml", svg)
        case "replay":
            cast = _rendered(shared, options, lambda cassette: asciicast(*_shown(shared, cassette)))
            return File(f"{stem}.cast", "application/x-asciicast", cast)
        case "transcript":
            cues = _rendered(shared, options, lambda cassette: transcript(*_shown(shared, cassette)))
            return File(f"{stem}.vtt", "text/vtt", cues)
        case "trace":
            return File(f"{stem}.trace.json", "application/json", _rendered(shared, options, chrome_trace))
        case "spans":
            return _telemetry(shared, options, f"{stem}.otlp.json", otlp_spans)
        case "records":
            observed = partial(otlp_records, observed_s=time.time())
            return _telemetry(shared, options, f"{stem}.otlp-logs.json", observed)


def _cassette_file(shared: Shared, options: Redaction, stem: str) -> File:
    from viewer.redaction.files import go_vcr_bytes, rewrite_file  # noqa: PLC0415 - as above

    name = shared.cassette.name
    without_secrets = redacted(shared, options)
    # One file cannot hold the bodies that lie beside a recording, except as a go-vcr cassette.
    if not (options.metrics_only or shared.cassette.has_files_beside):
        data = shared.recording.member.read().data
        try:
            content, _ = _in_slot(shared, lambda: rewrite_file(data, name, without_secrets))
            return File(saved_name(stem, redacted=True, ending=""), "text/plain", content)
        except CassetteError:
            # Its own format cannot be written. Any recording can be written as go-vcr.
            without_secrets = redacted(shared, options)
    content = _in_slot(shared, lambda: go_vcr_bytes(without_secrets, name))
    return File(saved_name(stem, redacted=True, ending=GO_VCR_ENDING), "text/plain", content)


def _rendered(shared: Shared, options: Redaction, render: Callable[[Cassette], str]) -> bytes:
    outgoing = outgoing_of(redacted(shared, options))
    text = render(outgoing.cassette)
    outgoing.check(text)
    return text.encode("utf-8", "replace")


def _telemetry(shared: Shared, options: Redaction, name: str, write: Callable[[Cassette], Written]) -> File:
    outgoing = outgoing_of(redacted(shared, options))
    written = write(outgoing.cassette)
    outgoing.check(written.text)
    outgoing.check(written.unescaped)
    return File(name, "application/json", written.text.encode(), written.notes)


def _shown(shared: Shared, cassette: Cassette) -> tuple[Stream, int | None]:
    """Return the stream that is shown, as it is in the cassette without secrets, and its choice."""
    return next(
        (one, shared.choice)
        for one in cassette.streams
        if shared.stream and one.interaction == shared.stream.interaction
    )


def _in_slot(shared: Shared, compute: Callable[[], Value]) -> Value:
    with slots().hold(shared.recording.name):
        return compute()
