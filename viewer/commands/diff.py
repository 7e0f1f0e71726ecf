"""Compare two recordings: `diff A B`."""

import argparse
import os
import sys
from typing import TextIO

from viewer.cassette import Cassette, load
from viewer.comparison import ASPECTS, compare_cassettes
from viewer.comparison_markdown import as_markdown
from viewer.comparison_text import as_text
from viewer.problems import CassetteError
from viewer.side_by_side import Aspect

HELP = "compare two recordings: text, tool calls, usage, requests, schema and figures"

SAME, DIFFERENT, UNREADABLE = 0, 1, 2

_STDIN = "-"


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
    if chosen.left == chosen.right == _STDIN:
        sys.stderr.write("cassette-viewer: only one of the two recordings can come from standard input.\n")
        return UNREADABLE
    try:
        left, right = _open(chosen.left), _open(chosen.right)
    except CassetteError as error:
        sys.stderr.write(f"cassette-viewer: {error}\n")
        return UNREADABLE
    counting = frozenset(chosen.only or ASPECTS) - frozenset(chosen.ignore)
    comparison = compare_cassettes(left, right)
    if chosen.markdown:
        _write(as_markdown(comparison, counting))
    else:
        _write(as_text(comparison, counting, colour=_takes_colour(sys.stdout)))
    return DIFFERENT if comparison.differing(counting) else SAME


def _open(name: str) -> Cassette:
    return load(sys.stdin.buffer, "standard input") if name == _STDIN else load(name)


def _write(text: str) -> None:
    """Write to standard output, with a question mark for each sign that it cannot take; a reader may have gone."""
    encoding = sys.stdout.encoding or "utf-8"
    try:
        sys.stdout.write(text.encode(encoding, "replace").decode(encoding))
        sys.stdout.flush()
    except BrokenPipeError:
        # Else the interpreter would try again at its end, and say so.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _takes_colour(out: TextIO) -> bool:
    return out.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _aspects(text: str) -> list[Aspect]:
    named = [word.strip() for word in text.split(",") if word.strip()]
    wrong = [word for word in named if word not in ASPECTS]
    if wrong or not named:
        raise argparse.ArgumentTypeError(f"{', '.join(wrong) or 'nothing'!r} is none of {', '.join(ASPECTS)}")
    return [aspect for aspect in ASPECTS if aspect in named]
