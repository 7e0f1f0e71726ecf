"""Write an exchange to a new file without its secrets.

The file is written at once and in its final form: there is never a file with secrets in it, not even for a moment.
"""

import errno
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from viewer.cassettes.go_vcr_export import interactions_text
from viewer.recorder.exchange import Exchange, decoded
from viewer.redaction.cassette import Redaction, redact_to_share, rules_for
from viewer.redaction.credentials import without_credentials
from viewer.redaction.findings import Finding
from viewer.redaction.interactions import redact_url
from viewer.redaction.verification import check_file
from viewer.streams.cassette import Cassette
from viewer.streams.reader import read_stream
from viewer.text.words import counted
from viewer.types.http import Interaction, RecordedTimes, Request, Response

_NAME = "recording"
_NOT_IN_FILE_NAMES = re.compile(r"[^A-Za-z0-9.-]+")
_MAX_PLACE_CHARACTERS = 80


class _Recording(NamedTuple):
    """What is written of an exchange."""

    url: str
    text: str
    note: str
    """What was removed, for the log; "" if nothing was."""


class Written(NamedTuple):
    """How an exchange was written."""

    line: str
    """What to log."""
    is_recorded: bool


def write_exchange(exchange: Exchange, folder: Path, *, redact: bool) -> Written:
    """Write the cassette of an exchange to a new file in a folder. Never raise: one that fails must not end the others.

    If redaction fails, the figures are written without any text. If that fails too, only the times are written.

    Args:
        exchange: what passed through the recorder.
        folder: where to write the file.
        redact: whether to remove secrets from the bodies, the URL and the headers. If not, only what authenticates the
            exchange is left out.
    """
    try:
        return _write(exchange, folder, redact=redact)
    except Exception as error:  # noqa: BLE001 - whatever it is; its message may quote a secret
        return Written(
            f"{exchange.method}: {exchange.status}; not recorded ({type(error).__name__})", is_recorded=False
        )


def _write(exchange: Exchange, folder: Path, *, redact: bool) -> Written:
    size = f"{exchange.status}, {len(exchange.body):,} bytes"
    recording = _recording(exchange, redact=redact)
    failure: OSError | None = None
    try:
        described = _write_new_file(exchange, recording, folder).name + f": {size}"
    except OSError as error:
        # The client has its response all the same.
        failure = error
        described = f"{exchange.method} {masked_path(recording.url)}: {size}; {_not_recorded(error, folder)}"
    parts = (described, exchange.trouble, recording.note)
    return Written("; ".join(filter(None, parts)), is_recorded=failure is None)


def _not_recorded(error: OSError, folder: Path) -> str:
    """Return why an exchange is not recorded, and what helps."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return f"not recorded, and lost: {error.strerror}. Make room in {folder}: later exchanges are recorded again"
    return f"not recorded, and lost: {error}"


def masked_path(url: str) -> str:
    """Return the path of a URL without its secrets."""
    return urlsplit(redact_url(url, rules_for(Redaction()), "")).path


def _recording(exchange: Exchange, *, redact: bool) -> _Recording:
    """Return what may be written of an exchange: all but its secrets, or less if that fails."""
    ways: list[Callable[[Exchange], _Recording]] = [_redacted, _figures] if redact else [_as_it_came]
    why = ""
    for way in ways:
        try:
            recording = way(exchange)
        # Whatever a fault is, it must cost neither a secret nor a recording. Its message may quote the secret.
        except Exception as error:  # noqa: BLE001
            why = why or type(error).__name__
        else:
            return recording._replace(note=recording.note + f" ({why})" * bool(why))
    return _written(_without_texts(exchange), exchange, f"only its times were written ({why})")


def _written(interaction: Interaction, exchange: Exchange, note: str = "") -> _Recording:
    return _Recording(interaction.request.url, interactions_text([interaction], {0: exchange.trouble}), note)


def _as_it_came(exchange: Exchange) -> _Recording:
    return _written(without_credentials(exchange.to_interaction()), exchange)


def _redacted(exchange: Exchange) -> _Recording:
    recording, secrets = _redact(exchange, Redaction())
    return recording._replace(note=f"{counted(secrets, 'secret')} removed" * bool(secrets))


def _figures(exchange: Exchange) -> _Recording:
    note = "its secrets could not be removed one by one, so all text was left out"
    return _redact(exchange, Redaction(metrics_only=True))[0]._replace(note=note)


def _redact(exchange: Exchange, options: Redaction) -> tuple[_Recording, int]:
    """Redact an exchange, and verify what would be written. Return it with the number of secrets in it, headers aside."""
    recorded = decoded(exchange.to_interaction())
    stream = read_stream(recorded, 0)
    cassette = Cassette(_NAME, "go-vcr", "2", [recorded], [] if stream is None else [stream], [])
    redacted = redact_to_share(cassette, options)
    # Only now: a key that was sent in a header may be quoted in a body.
    interaction = without_credentials(redacted.cassette.interactions[0])
    if stream is None:
        interaction = _with_end_of_body(recorded, interaction)
    recording = _written(interaction, exchange)
    check_file(recording.text.encode(), _NAME, redacted)
    return recording, sum(map(_is_unexpected, redacted.findings))


def _is_unexpected(finding: Finding) -> bool:
    """Tell whether a secret was anywhere but in a header. Nearly every request has one there."""
    return any(" header " not in place for place in finding.where.split(", "))


def _with_end_of_body(before: Interaction, after: Interaction) -> Interaction:
    """Return an interaction that is not a stream with the arrival of its last block only, if its body was redacted.

    Where the other blocks end in a redacted body is not known.
    """
    arrivals, body = after.times.arrivals, after.response.body
    if arrivals is None or body == before.response.body:
        return after
    return replace(after, times=replace(after.times, arrivals=replace(arrivals, s=arrivals.s[-1:], ends=(len(body),))))


def _without_texts(exchange: Exchange) -> Interaction:
    """Return what can be told of an exchange without any text that was sent."""
    parts = urlsplit(exchange.url)
    url = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
    times = RecordedTimes(headers_s=exchange.headers_s, started=exchange.started)
    return Interaction(Request(exchange.method, url), Response(exchange.status), times)


def _write_new_file(exchange: Exchange, recording: _Recording, folder: Path) -> Path:
    started = datetime.fromtimestamp(exchange.started_epoch_s, UTC)
    path = masked_path(recording.url).strip("/")
    place = _NOT_IN_FILE_NAMES.sub("-", path)[:_MAX_PLACE_CHARACTERS] or "root"
    name = f"{started:%Y%m%dT%H%M%S.%f}_{exchange.method}_{place}"
    number = 0
    while True:
        path_of_file = folder / f"{name}{f'_{number}' if number else ''}.yaml"
        try:
            file = path_of_file.open("x", encoding="utf-8", newline="\n")
        except FileExistsError:
            number += 1
            continue
        try:
            with file:
                file.write(recording.text)
        except OSError:
            # Half a file would be taken for a damaged recording.
            path_of_file.unlink(missing_ok=True)
            raise
        return path_of_file
