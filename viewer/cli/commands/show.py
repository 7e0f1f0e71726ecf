"""Say what is in a recording."""

import argparse
import os
import sys
from pathlib import Path

from viewer.cli.arguments import STDIN, add_file, open_file, pick_interaction
from viewer.types.problems import CassetteError

HELP = "say what is in a recording: its story, figures, tokens, cost and problems"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add FILE, --interaction and --plain."""
    add_file(parser)
    parser.add_argument(
        "--plain",
        action="store_true",
        help="print facts of all interactions, one a line, without what differs between recordings: for git diff",
    )


def run(chosen: argparse.Namespace) -> int:
    """Print one interaction for a person, or all facts for git."""
    if chosen.plain:
        sys.stdout.write(_facts(chosen.file))
        return 0
    from viewer.cli.summary import summary  # noqa: PLC0415 - pandas, which help need not wait for

    cassette = open_file(chosen.file)
    index = pick_interaction(cassette, chosen.interaction)
    sys.stdout.write(summary(cassette, index, coloured=sys.stdout.isatty() and not os.environ.get("NO_COLOR")))
    return 0


def _facts(file: str) -> str:
    """Return the facts of a file; that it is no recording is one too, since git gives up a whole diff over a failure."""
    from viewer.cli.plain_facts import facts, unreadable_facts  # noqa: PLC0415
    from viewer.streams.loading import load  # noqa: PLC0415 - pandas, which help need not wait for

    try:
        data = sys.stdin.buffer.read() if file == STDIN else Path(file).read_bytes()
    except OSError as error:
        raise CassetteError(file, f"cannot be read: {error.strerror or error}.") from error
    try:
        cassette = load(data, "standard input") if file == STDIN else load(file)
        return facts(cassette)
    except CassetteError as error:
        return unreadable_facts(error.reason, data)
