"""The command `show`: print what is in a recording."""

import argparse
import sys

from viewer.cli.arguments import add_file, pick_interaction
from viewer.cli.files import open_data, open_file, read_file
from viewer.cli.output import is_coloured
from viewer.types.problems import CassetteError

HELP = "show what is in a recording: its story, figures, tokens, cost and problems"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add FILE, --interaction, --think-tags and --plain."""
    add_file(parser)
    parser.add_argument(
        "--plain",
        action="store_true",
        help="print facts of all interactions for git diff, one per line, without what changes with every recording",
    )


def run(chosen: argparse.Namespace) -> int:
    """Print one interaction for a person, or all facts for git."""
    if chosen.plain:
        sys.stdout.write(_plain_facts(chosen.file, think_tags=chosen.think_tags))
        return 0
    from viewer.cli.summary import summary  # noqa: PLC0415 - imports numpy, which --help does not need

    cassette = open_file(chosen.file, think_tags=chosen.think_tags)
    index = pick_interaction(cassette, chosen.interaction)
    sys.stdout.write(summary(cassette, index, coloured=is_coloured()))
    return 0


def _plain_facts(file: str, *, think_tags: bool) -> str:
    """Return the facts of a file. If it is not a recording, that is a fact too: git drops a whole diff if a conversion fails."""
    from viewer.cli.plain_facts import cassette_facts, unreadable_facts  # noqa: PLC0415 - imports pandas, as above

    data = read_file(file)
    try:
        return cassette_facts(open_data(file, data, think_tags=think_tags))
    except CassetteError as error:
        return unreadable_facts(error.reason, data)
