"""One recorded file, opened."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, TextIO

import pandas as pd

from viewer.cassettes import read_recording
from viewer.cassettes.document import Document
from viewer.files.content_encoding import decode_body
from viewer.files.sidecars import ZIP, Beside, Bounded, Directory, nothing, unpack
from viewer.streams import notebook_hook
from viewer.streams.answer import FIRST_ERROR_STATUS, Answer, read_answer
from viewer.streams.stream import Stream, join_chunks, read_stream
from viewer.types.http import Interaction
from viewer.types.limits import DEFAULT_LIMITS, Limits
from viewer.types.problems import CassetteError, Problem

Source = str | os.PathLike[str] | bytes | BinaryIO | TextIO


@dataclass(frozen=True, eq=False)
class Cassette:
    """Hold a recorded file: its interactions, the streams in them, and what is wrong with it."""

    name: str
    format: str
    """The recorder: "go-vcr", "sse", "text" …"""
    format_version: str
    """The recorder's own version of its format; "" where it has none."""
    interactions: list[Interaction] = field(repr=False)
    streams: list[Stream] = field(repr=False)
    problems: list[Problem] = field(repr=False)
    has_files_beside: bool = field(default=False, repr=False)
    """Whether bodies were read from files next to the recording, so that its own file does not hold everything."""

    @cached_property
    def chunks(self) -> pd.DataFrame:
        """One row for each thing that an event of any stream adds; columns in `viewer.types.chunk_table`."""
        return join_chunks(self.streams)

    @cached_property
    def answers(self) -> dict[int, Answer]:
        """What the responses say that came whole and not in events, by their place in `interactions`."""
        streamed = {stream.interaction for stream in self.streams}
        whole = (index for index in range(len(self.interactions)) if index not in streamed)
        read = ((index, read_answer(self.interactions[index])) for index in whole)
        return {index: answer for index, answer in read if answer is not None}

    def _repr_html_(self) -> str | None:
        return notebook_hook.show("cassette", self)

    def __repr__(self) -> str:
        recorder = f"{self.format} {self.format_version}".strip()
        rows = sum(len(stream.columns.event) for stream in self.streams)
        return (
            f"<Cassette {self.name}: {recorder}, {len(self.interactions)} interactions,"
            f" {len(self.streams)} streams, {rows} chunks, {len(self.problems)} problems>"
        )


def load(source: Source, name: str | None = None, *, limits: Limits = DEFAULT_LIMITS) -> Cassette:
    """Open a recorded file and decode every stream in it.

    Args:
        source: a path, the file's bytes, or a file open for reading, binary or text.
        name: what to call it; the file's own name where there is one.
        limits: how much is read at most; a file that is larger is refused.

    Raises:
        CassetteError: nothing of the file can be shown. What is wrong with one that can is in `cassette.problems`.
    """
    return open_recording(*_content(source, name, limits), limits)


def open_recording(data: bytes, name: str, found: Beside, limits: Limits = DEFAULT_LIMITS) -> Cassette:
    """Decode every stream in a file of which the content is there, as `load` does."""
    _refuse_larger(len(data), name, limits)
    is_zip = data.startswith(ZIP)
    if is_zip:
        data, name, found = unpack(data, name, limits)
    beside = Bounded(found, limits)
    recording = read_recording(Document(data, name, beside, limits))
    del data
    streams: list[Stream] = []
    problems = list(recording.problems)
    if beside.exceeded:
        what = f"A file beside the cassette is larger, or more of them, than may be read {beside.exceeded}."
        problems.append(Problem("warning", what, "It is shown as absent."))
    if len(recording.interactions) > limits.interactions:
        what = f"The file holds {len(recording.interactions):,} interactions {limits.exceeded('interactions')}."
        problems.append(Problem("warning", what, "The first of them are shown."))
    interactions = _decoded(recording.interactions[: limits.interactions], problems, limits)
    for index, interaction in enumerate(interactions):
        stream = read_stream(interaction, index, limits=limits)
        if stream is None:
            problems.append(_no_stream(interaction, index))
        else:
            streams.append(stream)
            problems += stream.problems
    return Cassette(
        name=name,
        format=recording.format,
        format_version=recording.version,
        interactions=interactions,
        streams=streams,
        problems=[problem.at(file=name) for problem in problems],
        has_files_beside=beside.has_found and not is_zip,
    )


def _content(source: Source, name: str | None, limits: Limits) -> tuple[bytes, str, Beside]:
    """Return the bytes of a file, what to call it, and how to find what stands beside it."""
    if isinstance(source, bytes | bytearray | memoryview):
        return bytes(source), name or "bytes", nothing
    if isinstance(source, str | os.PathLike):
        path = Path(source)
        try:
            with path.open("rb") as file:
                size_bytes = os.fstat(file.fileno()).st_size
                # One more than may be, since what is no file on a disk has no size before it has been read.
                data = file.read(limits.file_bytes + 1) if size_bytes <= limits.file_bytes else b""
        except OSError as error:
            raise CassetteError(str(path), f"cannot be read: {error.strerror or error}.") from error
        except ValueError as error:  # A NUL in the path.
            raise CassetteError(repr(str(path)), f"cannot be read: {error}.") from error
        _refuse_larger(size_bytes, name or path.name, limits)
        return data, name or path.name, Directory(path.parent)
    if not hasattr(source, "read"):
        raise TypeError(f"a recording is a path, bytes or a file, not {type(source).__name__}")
    name = name or Path(str(getattr(source, "name", "") or "file")).name
    try:
        content = source.read(limits.file_bytes + 1)
    except (OSError, UnicodeError) as error:
        raise CassetteError(name, f"cannot be read: {error}.", "Open it in binary mode.") from error
    data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else bytes(content or b"")
    return data, name, nothing


def _refuse_larger(size_bytes: int, name: str, limits: Limits) -> None:
    if size_bytes > limits.file_bytes:
        raise CassetteError(
            name, f"is larger than may be read {limits.exceeded('file_bytes')}.", "Raise the limit, or cut the file."
        )


def _decoded(interactions: Sequence[Interaction], problems: list[Problem], limits: Limits) -> list[Interaction]:
    decoded_bytes = 0
    decoded = []
    for index, interaction in enumerate(interactions):
        body, trouble = decode_body(interaction.response, limits, decoded_bytes)
        decoded_bytes += len(body) if body is not interaction.response.body else 0
        decoded.append(_with_body(interaction, body, trouble, index, problems))
    return decoded


def _with_body(interaction: Interaction, body: bytes, trouble: str, index: int, problems: list[Problem]) -> Interaction:
    if trouble:
        problems.append(
            Problem("warning", trouble, "Record it again for the rest.", interaction=index, offset=len(body))
        )
    if body is interaction.response.body:
        return interaction
    times = interaction.times
    if times.arrivals is not None and times.arrivals.ends is not None:
        what = "The recorded arrivals are those of compressed bytes, and say nothing of the events in them."
        problems.append(Problem("note", what, "Record it without compression.", interaction=index))
        times = replace(times, arrivals=None)
    return replace(interaction, response=replace(interaction.response, body=body), times=times)


def _no_stream(interaction: Interaction, index: int) -> Problem:
    response = interaction.response
    if response.status is not None and response.status >= FIRST_ERROR_STATUS:
        answer = read_answer(interaction)
        why = f": {str(answer.error).rstrip('.')}" if answer and answer.error else ""
        message = f"The server answered {response.status} {response.reason}".strip() + f"{why}."
        return Problem("error", message, "Its body is shown as it is.", interaction=index)
    what = response.content_type or "no content type"
    if not response.body:
        message = "The response has no body."
    elif response.content_type == "text/event-stream":
        message = "The response says text/event-stream, but its body holds no event."
    else:
        message = f"The response came whole and not as an event stream ({what}, {len(response.body)} bytes)."
    return Problem("note", message, "Request and response are shown as they are.", interaction=index)
