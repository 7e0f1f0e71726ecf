"""The command `diff`: compare two recordings."""

import argparse
import sys
from pathlib import Path

from viewer.cli.arguments import add_examples, file_name
from viewer.cli.files import STDIN, open_file
from viewer.cli.output import Status, fail, is_coloured
from viewer.cli.redaction import add_optional_redaction, outgoing_of
from viewer.comparison.aspects import ASPECTS, Aspect

HELP = "compare two recordings: text, tool calls, usage, requests, schema and figures"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add A, B, --markdown, --ignore, --only and what to remove."""
    parser.epilog = (
        f"What can differ: {', '.join(ASPECTS)}. Ids, timestamps, secrets, times and costs do not count as differences."
        " Exit status: 0 if they are the same, 1 if they differ, 2 if a file cannot be opened."
    )
    add_examples(parser, "before.yaml after.yaml", "before.yaml after.yaml --markdown --ignore usage,headers")
    parser.add_argument("left", type=file_name, metavar="A", help="a recording; - reads standard input")
    parser.add_argument("right", type=file_name, metavar="B", help="the recording to compare it with")
    parser.add_argument("--markdown", action="store_true", help="write Markdown for a comment on a pull request")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--ignore", metavar="WHAT,…", type=_aspects, default=[], help="differences that do not count")
    which.add_argument("--only", metavar="WHAT,…", type=_aspects, default=[], help="the only differences that count")
    add_optional_redaction(parser)


def run(chosen: argparse.Namespace) -> int:
    """Compare two recordings and write how they differ."""
    # Only this command needs these modules.
    from viewer.comparison.comparison import compare  # noqa: PLC0415
    from viewer.comparison.markdown import as_markdown  # noqa: PLC0415
    from viewer.comparison.terminal import as_text  # noqa: PLC0415

    if chosen.left == chosen.right == STDIN:
        return fail("only one of the two recordings can come from standard input.")
    for file in (chosen.left, chosen.right):
        if Path(file).is_dir():
            return fail(f"{file}: is a folder. Name a recording.")
    # On a terminal too: the exit status must not depend on the format, and the log of a CI job is often public.
    left, right = (outgoing_of(open_file(file), chosen) for file in (chosen.left, chosen.right))
    comparison = compare(left.cassette, right.cassette)
    counted = frozenset(chosen.only or ASPECTS) - frozenset(chosen.ignore)
    written = (
        as_markdown(comparison, counted) if chosen.markdown else as_text(comparison, counted, colour=is_coloured())
    )
    left.check(written)
    right.check(written)
    sys.stdout.write(written)
    return Status.FOUND if comparison.differing(counted) else Status.DONE


def _aspects(text: str) -> list[Aspect]:
    words = [word.strip() for word in text.split(",") if word.strip()]
    unknown = [word for word in words if word not in ASPECTS]
    if not words:
        raise argparse.ArgumentTypeError(f"name at least one of {', '.join(ASPECTS)}")
    if unknown:
        raise argparse.ArgumentTypeError(f"{', '.join(unknown)!r} is not one of {', '.join(ASPECTS)}")
    return [aspect for aspect in ASPECTS if aspect in words]
