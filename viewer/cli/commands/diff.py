"""The command `diff`: compare two recordings, two folders of them, or Git revisions."""

import argparse
import sys
from pathlib import Path

from viewer.cli.arguments import add_examples, file_name
from viewer.cli.files import STDIN, open_file
from viewer.cli.output import Status, fail, is_coloured
from viewer.cli.redaction import add_optional_redaction, outgoing_of
from viewer.comparison.aspects import ASPECTS, Aspect

HELP = "compare two recordings, folders of them or Git revisions: text, tool calls, usage, requests, schema and figures"
_WHOLE_REPOSITORY = ":/"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add A, B, the paths after --, --markdown, --report, --ignore, --only and what to remove."""
    parser.usage = "%(prog)s [options] A B\n       %(prog)s [options] REVISION [REVISION] -- PATH…"
    parser.epilog = (
        f"What can differ: {', '.join(ASPECTS)}. Ids, timestamps, secrets, times and costs do not count as differences."
        " Exit status: 0 if they are the same, 1 if they differ, 2 if a file cannot be opened."
    )
    add_examples(
        parser,
        "before.yaml after.yaml",
        "before.yaml after.yaml --markdown --ignore usage,headers",
        "cassettes/ re-recorded/",
        "HEAD~1 -- tests/cassettes/",
        "--markdown main...HEAD -- tests/cassettes/",
    )
    parser.add_argument(
        "sides",
        type=file_name,
        metavar="A",
        nargs="*",
        help="two recordings, folders or archives, - reads a recording from standard input; or before -- one or two revisions",
    )
    # The paths after --, which the parser of the command line keeps apart.
    parser.set_defaults(after_dashes=())
    parser.add_argument("--markdown", action="store_true", help="write Markdown for a comment on a pull request")
    parser.add_argument(
        "--report",
        metavar="OUT",
        help="of folders and revisions: also write a page with all of it, to a file or a folder",
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--ignore", metavar="WHAT,…", type=_aspects, default=[], help="differences that do not count")
    which.add_argument("--only", metavar="WHAT,…", type=_aspects, default=[], help="the only differences that count")
    add_optional_redaction(parser)


def run(chosen: argparse.Namespace) -> int:
    """Compare recordings and write how they differ."""
    # Only this command needs it.
    from viewer.cli import folder_diff  # noqa: PLC0415

    counted = frozenset(chosen.only or ASPECTS) - frozenset(chosen.ignore)
    sides: list[str] = chosen.sides
    # A list if there is a --, even if nothing follows it. Without a revision, it stands before names that begin with a dash.
    if isinstance(chosen.after_dashes, list) and not sides:
        sides = chosen.after_dashes
    elif isinstance(chosen.after_dashes, list):
        if len(sides) > 2:
            return fail("name one or two revisions before -- and the paths after it.")
        return folder_diff.diff_revisions(sides, chosen.after_dashes or [_WHOLE_REPOSITORY], counted, chosen)
    if len(sides) != 2:
        return fail("name two recordings or two folders; or one or two revisions, then -- and paths.")
    left, right = sides
    if left == right == STDIN:
        return fail("only one of the two recordings can come from standard input.")
    if hint := next((hint for side in sides if (hint := _hint(side))), ""):
        return fail(hint)
    are_folders = [folder_diff.is_folder(side) for side in sides]
    if all(are_folders):
        return folder_diff.diff_folders(sides, counted, chosen)
    if any(are_folders):
        folder = sides[are_folders.index(True)]
        return fail(f"{folder}: holds many recordings. Name two recordings, or two folders or archives of some.")
    if chosen.report is not None:
        return fail("--report is for folders and revisions. For two recordings, use `report` for each.")
    return _diff_files(left, right, counted, chosen)


def _hint(side: str) -> str:
    """Return what to write instead if a revision was named without --."""
    from viewer.cli.folder_diff import revision_hint  # noqa: PLC0415 - as above

    return "" if side == STDIN or Path(side).exists() else revision_hint(side)


def _diff_files(left_name: str, right_name: str, counted: frozenset[Aspect], chosen: argparse.Namespace) -> int:
    from viewer.comparison.comparison import compare  # noqa: PLC0415
    from viewer.comparison.markdown import as_markdown  # noqa: PLC0415
    from viewer.comparison.terminal import as_text  # noqa: PLC0415

    # On a terminal too: the exit status must not depend on the format, and the log of a CI job is often public.
    left, right = (outgoing_of(open_file(file), chosen) for file in (left_name, right_name))
    comparison = compare(left.cassette, right.cassette)
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
