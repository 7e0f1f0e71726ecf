"""What several commands take: a FILE, which interaction of it, and where to write."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from viewer.types.problems import CassetteError

if TYPE_CHECKING:
    from viewer.streams.cassette import Cassette
    from viewer.streams.stream import Stream

STDIN = "-"


def add_file(parser: argparse.ArgumentParser) -> None:
    """Add the FILE to open and which interaction of it is meant."""
    parser.add_argument("file", metavar="FILE", help="a recording; - reads standard input")
    parser.add_argument(
        "--interaction",
        type=int,
        metavar="N",
        help="which interaction, counted from 0 (default the first with a stream)",
    )


def open_file(file: str) -> "Cassette":
    """Return the recording that was named."""
    from viewer.streams.loading import load  # noqa: PLC0415 - pandas, which help need not wait for

    return load(sys.stdin.buffer, "standard input") if file == STDIN else load(file)


def pick_interaction(cassette: "Cassette", wanted: int | None) -> int:
    """Return the interaction that is meant, the first with a stream unless one was named; tell where there are others.

    Raises:
        CassetteError: there is no such interaction.
    """
    count = len(cassette.interactions)
    if wanted is not None:
        if not 0 <= wanted < count:
            raise CassetteError(cassette.name, f"there is no interaction {wanted}; it holds {count}, counted from 0.")
        return wanted
    streams = [stream.interaction for stream in cassette.streams]
    if len(streams) > 1:
        sys.stderr.write(
            f"cassette-viewer: {len(streams)} streams, of which interaction {streams[0]} is taken; choose by --interaction.\n"
        )
    if not count:
        raise CassetteError(cassette.name, "it holds no interaction.")
    return streams[0] if streams else 0


def pick_stream(cassette: "Cassette", wanted: int | None) -> "Stream":
    """Return the stream that is meant.

    Raises:
        CassetteError: there is none, and why.
    """
    interaction = pick_interaction(cassette, wanted)
    for stream in cassette.streams:
        if stream.interaction == interaction:
            return stream
    why = next((problem.message for problem in cassette.problems if problem.interaction == interaction), "")
    raise CassetteError(cassette.name, f"interaction {interaction} holds no stream. {why}".strip())


def add_choice(parser: argparse.ArgumentParser) -> None:
    """Add which of several answers is meant."""
    parser.add_argument(
        "--choice", type=int, metavar="N", help="which choice, where the request asked for several (default the first)"
    )


def check_choice(stream: "Stream", wanted: int | None) -> None:
    """Raise `CassetteError` where a stream does not have the choice that was named."""
    from viewer.display.lanes import choices_of  # noqa: PLC0415 - as above

    choices = choices_of(stream)
    if wanted is not None and wanted not in choices:
        held = ", ".join(map(str, choices))
        raise CassetteError(f"interaction {stream.interaction}", f"there is no choice {wanted}; it holds {held}.")


def add_output(parser: argparse.ArgumentParser) -> None:
    """Add where to write."""
    parser.add_argument("--to", type=Path, metavar="OUT", help="the file to write (default standard output)")


def write_output(to: Path | None, data: bytes) -> None:
    """Write to the file that was named, else to standard output.

    Raises:
        CassetteError: the file cannot be written.
    """
    if to is None:
        left = memoryview(data)
        # Where Python is told not to buffer, one call may write a part.
        while left:
            left = left[sys.stdout.buffer.write(left) :]
        sys.stdout.buffer.flush()
        return
    try:
        to.write_bytes(data)
    except OSError as error:
        raise CassetteError(str(to), f"cannot be written: {error.strerror or error}.") from error
