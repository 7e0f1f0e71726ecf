"""Opening a recorded file."""

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, NamedTuple, TextIO

from viewer.cassettes import read_recording
from viewer.cassettes.document import Document
from viewer.files.content_encoding import Decoded, decode_body
from viewer.files.sidecars import DirectorySidecars, LimitedSidecars, Sidecars, no_sidecars
from viewer.files.zip_recording import ZIP, open_zip_recording
from viewer.streams.answer import FIRST_ERROR_STATUS, read_answer
from viewer.streams.cassette import Cassette
from viewer.streams.reader import read_stream
from viewer.streams.stream import Stream
from viewer.text.words import counted
from viewer.types.http import Interaction
from viewer.types.limits import DEFAULT_LIMITS, Limits
from viewer.types.plugins import PROTOCOLS, RECORDERS, find_plugins
from viewer.types.problems import CassetteError, Problem

_UNCHANGED = "Request and response are shown unchanged."
_MAX_SINGLE_NOTES = 3
_MAX_SHOWN_KINDS = 4

Source = str | os.PathLike[str] | bytes | BinaryIO | TextIO


def load(
    source: Source, name: str | None = None, *, limits: Limits = DEFAULT_LIMITS, think_tags: bool = False
) -> Cassette:
    """Open a recorded file and decode every stream in it.

    Args:
        source: a path, the file's bytes, or a file open for reading, binary or text.
        name: what to call the cassette; by default the file's own name.
        limits: upper limits on what is read; a larger file is refused.
        think_tags: whether to show thinking in tags, such as `<think>`, as reasoning. By default it is part of the content, as
            in the provider's own SDK.

    Raises:
        CassetteError: nothing of the file can be shown. Anything less is reported in `cassette.problems`.
    """
    return open_recording(*_read_source(source, name, limits), limits, think_tags=think_tags)


def open_recording(
    data: bytes, name: str, sidecars: Sidecars, limits: Limits = DEFAULT_LIMITS, *, think_tags: bool = False
) -> Cassette:
    """Decode every stream in a file whose content has been read, as `load` does."""
    _refuse_larger(len(data), name, limits)
    is_zip = data.startswith(ZIP)
    if is_zip:
        data, sidecars = open_zip_recording(data, name, limits)
    bounded = LimitedSidecars(sidecars, limits)
    recording = read_recording(Document(data, name, bounded, limits))
    del data
    streams: list[Stream] = []
    problems = [*find_plugins(RECORDERS).problems, *find_plugins(PROTOCOLS).problems, *recording.problems]
    if bounded.exceeded:
        message = f"A file next to the cassette was not read, because it is too large {bounded.exceeded}."
        problems.append(Problem("warning", message, "It is shown as missing."))
    if len(recording.interactions) > limits.interactions:
        message = f"The file has {len(recording.interactions):,} interactions {limits.exceeded('interactions')}."
        problems.append(Problem("warning", message, "Only the first ones are shown."))
    interactions = _decode_bodies(recording.interactions[: limits.interactions], problems, limits)
    not_streamed: list[int] = []
    for index, interaction in enumerate(interactions):
        stream = read_stream(interaction, index, limits=limits, think_tags=think_tags)
        if stream is not None:
            streams.append(stream)
            problems += stream.problems
        elif failure := _failure(interaction, index):
            problems.append(failure)
        else:
            not_streamed.append(index)
    problems += _not_streamed(interactions, not_streamed)
    return Cassette(
        name=name,
        format=recording.format,
        format_version=recording.version,
        interactions=interactions,
        streams=streams,
        problems=[problem.at(file=name) for problem in problems],
        has_files_beside=bounded.has_found and not is_zip,
        think_tags=think_tags,
        # A session that is cut has calls without interactions.
        session=recording.session if len(interactions) == len(recording.interactions) else None,
    )


class _Opened(NamedTuple):
    data: bytes
    name: str
    sidecars: Sidecars


def _read_source(source: Source, name: str | None, limits: Limits) -> _Opened:
    if isinstance(source, bytes | bytearray | memoryview):
        return _Opened(bytes(source), name or "bytes", no_sidecars)
    if isinstance(source, str | os.PathLike):
        path = Path(source)
        try:
            with path.open("rb") as file:
                size_bytes = os.fstat(file.fileno()).st_size
                # A pipe reports no size, so one byte more than the limit is read.
                data = file.read(limits.file_bytes + 1) if size_bytes <= limits.file_bytes else b""
        except OSError as error:
            raise CassetteError(str(path), f"cannot be read: {error.strerror or error}.") from error
        except ValueError as error:  # A NUL in the path.
            raise CassetteError(repr(str(path)), f"cannot be read: {error}.") from error
        _refuse_larger(size_bytes, name or path.name, limits)
        return _Opened(data, name or path.name, DirectorySidecars(path.parent))
    if not hasattr(source, "read"):
        raise TypeError(f"a recording is a path, bytes or a file, not {type(source).__name__}")
    name = name or Path(str(getattr(source, "name", "") or "file")).name
    try:
        content = source.read(limits.file_bytes + 1)
    except (OSError, UnicodeError) as error:
        raise CassetteError(name, f"cannot be read: {error}.", "Open it in binary mode.") from error
    data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else bytes(content or b"")
    return _Opened(data, name, no_sidecars)


def _refuse_larger(size_bytes: int, name: str, limits: Limits) -> None:
    if size_bytes > limits.file_bytes:
        raise CassetteError(
            name, f"is too large {limits.exceeded('file_bytes')}.", "Raise the limit or shorten the file."
        )


def _decode_bodies(interactions: Sequence[Interaction], problems: list[Problem], limits: Limits) -> list[Interaction]:
    decoded_bytes = 0
    decoded = []
    for index, interaction in enumerate(interactions):
        body = decode_body(interaction.response, limits, decoded_bytes)
        decoded_bytes += len(body.data) if body.data is not interaction.response.body else 0
        decoded.append(_with_body(interaction, body, index, problems))
    return decoded


def _with_body(interaction: Interaction, body: Decoded, index: int, problems: list[Problem]) -> Interaction:
    if body.trouble:
        problems.append(
            Problem(
                "warning", body.trouble, "Record it again to get the rest.", interaction=index, offset=len(body.data)
            )
        )
    if body.data is interaction.response.body:
        return interaction
    times = interaction.times
    if times.arrivals is not None and times.arrivals.ends is not None:
        message = (
            "The recorded arrival times are those of compressed bytes, so they do not tell when each event arrived."
        )
        problems.append(Problem("note", message, "Record it without compression.", interaction=index))
        times = replace(times, arrivals=None)
    return replace(interaction, response=replace(interaction.response, body=body.data), times=times)


def _failure(interaction: Interaction, index: int) -> Problem | None:
    """Return the problem of a response that should have been a stream. Return None for a response that need not be one."""
    response = interaction.response
    if response.status is not None and response.status >= FIRST_ERROR_STATUS:
        answer = read_answer(interaction)
        why = f": {str(answer.error).rstrip('.')}" if answer and answer.error else ""
        message = f"The server answered {response.status_line}{why}."
        return Problem("error", message, "The body is shown unchanged.", interaction=index)
    if response.body and response.content_type == "text/event-stream":
        message = "The content type is text/event-stream, but the body has no events."
        return Problem("note", message, _UNCHANGED, interaction=index)
    return None


def _not_streamed(interactions: Sequence[Interaction], indices: Sequence[int]) -> list[Problem]:
    """Return a note for each of a few responses that were not streamed. Return one that counts them if there are more.

    A browser records every picture of a page.
    """
    if len(indices) > _MAX_SINGLE_NOTES:
        responses = [interactions[index].response for index in indices]
        kinds = Counter(
            one.content_type or "without a content type" if one.body else "without a body" for one in responses
        )
        most = ", ".join(f"{count:,} {kind}" for kind, count in kinds.most_common(_MAX_SHOWN_KINDS))
        rest = len(kinds) - _MAX_SHOWN_KINDS
        more = f" and {counted(rest, 'other kind')}" if rest > 0 else ""
        message = f"{len(indices):,} of {len(interactions):,} responses were not streamed: {most}{more}."
        return [Problem("note", message, _UNCHANGED)]
    return [Problem("note", _why_not_streamed(interactions[index]), _UNCHANGED, interaction=index) for index in indices]


def _why_not_streamed(interaction: Interaction) -> str:
    response = interaction.response
    if not response.body:
        return "The response has no body."
    return f"The response was not streamed ({response.content_type or 'no content type'}, {len(response.body)} bytes)."
