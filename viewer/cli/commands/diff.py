"""Compare two recordings: `diff A B`."""

import argparse
import os
import sys
from typing import TextIO

from viewer.cli.arguments import STDIN, open_file
from viewer.comparison.aspects import ASPECTS, Aspect

HELP = "compare two recordings: text, tool calls, usage, requests, schema and figures"

SAME, DIFFERENT, UNREADABLE = 0, 1, 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.epilog = (
        f"What can differ: {', '.join(ASPECTS)}. Ids, stamps, secrets, times and costs are no difference in themselves."
        " Exit status: 0 the same, 1 they differ, 2 a file cannot be opened."
    )
    parser.add_argument("left", metavar="A", help="a recording; - reads standard input")
    parser.add_argument("right", metavar="B", help="the recording to hold against it")
    parser.add_argument("--markdown", action="store_true", help="write Markdown for a comment on a pull request")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--ignore", metavar="WHAT,…", type=_aspects, default=[], help="differences that do not count")
    which.add_argument("--only", metavar="WHAT,…", type=_aspects, default=[], help="the only differences that count")


def run(chosen: argparse.Namespace) -> int:
    """Compare two recordings and write how they differ."""
    # What only this command needs.
    from viewer.comparison.comparison import compare  # noqa: PLC0415
    from viewer.comparison.markdown import as_markdown  # noqa: PLC0415
    from viewer.comparison.terminal import as_text  # noqa: PLC0415
    from viewer.types.problems import CassetteError  # noqa: PLC0415

    if chosen.left == chosen.right == STDIN:
        sys.stderr.write("cassette-viewer: only one of the two recordings can come from standard input.\n")
        return UNREADABLE
    try:
        left, right = open_file(chosen.left), open_file(chosen.right)
    except CassetteError as error:
        sys.stderr.write(f"cassette-viewer: {error}\n")
        return UNREADABLE
    counting = frozenset(chosen.only or ASPECTS) - frozenset(chosen.ignore)
    comparison = compare(left, right)
    if chosen.markdown:
        sys.stdout.write(as_markdown(comparison, counting))
    else:
        sys.stdout.write(as_text(comparison, counting, colour=_takes_colour(sys.stdout)))
    sys.stdout.flush()
    return DIFFERENT if comparison.differing(counting) else SAME


def _takes_colour(out: TextIO) -> bool:
    return out.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _aspects(text: str) -> list[Aspect]:
    named = [word.strip() for word in text.split(",") if word.strip()]
    wrong = [word for word in named if word not in ASPECTS]
    if wrong or not named:
        raise argparse.ArgumentTypeError(f"{', '.join(wrong) or 'nothing'!r} is none of {', '.join(ASPECTS)}")
    return [aspect for aspect in ASPECTS if aspect in named]
