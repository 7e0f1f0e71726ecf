"""The command `show`: print what is in recordings."""

import argparse
import sys

from viewer.cli.arguments import (
    add_examples,
    add_files,
    add_interaction,
    add_think_tags,
    check_interaction,
    pick_interaction,
)
from viewer.cli.inputs import Inputs, find_inputs
from viewer.cli.output import Headings, Status, is_coloured
from viewer.types.problems import CassetteError

HELP = "show what is in recordings: their story, figures, tokens, cost and problems"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add FILE…, --interaction, --think-tags, --json and --plain."""
    add_examples(
        parser,
        "recording.yaml",
        "recording.yaml --interaction 2",
        "recordings/ --json | jq -r '[.file, .model, .cost.usd] | @tsv'",
    )
    add_files(parser)
    add_interaction(parser)
    add_think_tags(parser)
    how = parser.add_mutually_exclusive_group()
    how.add_argument(
        "--json",
        action="store_true",
        help="print a JSON object on a line for each interaction, or only for the one that --interaction names",
    )
    how.add_argument(
        "--plain",
        action="store_true",
        help="print facts of all interactions for git diff, one per line, without what changes with every recording",
    )


def run(chosen: argparse.Namespace) -> int:
    """Print one interaction or the session of each recording for a person, all for a program, or the facts of all for git."""
    inputs = find_inputs(chosen.files)
    if chosen.plain:
        return _show_plain(inputs, think_tags=chosen.think_tags)
    if chosen.json:
        return _show_json(inputs, chosen.interaction, think_tags=chosen.think_tags)
    # Importing them takes longer than --help may take.
    from viewer.cli.recordings import Opened, for_each  # noqa: PLC0415
    from viewer.cli.session_summary import session_summary, summarised_session  # noqa: PLC0415
    from viewer.cli.summary import summary  # noqa: PLC0415

    headings = Headings(wanted=not inputs.is_single)

    def show(opened: Opened) -> None:
        if chosen.interaction is None and (session := summarised_session(opened.cassette)):
            headings.write(opened.file.shown)
            sys.stdout.write(session_summary(opened.cassette, session, coloured=is_coloured()))
            return
        index = pick_interaction(opened.cassette, chosen.interaction)
        headings.write(opened.file.shown)
        sys.stdout.write(summary(opened.cassette, index, coloured=is_coloured()))

    return for_each(inputs, show, think_tags=chosen.think_tags)


def _show_json(inputs: Inputs, wanted: int | None, *, think_tags: bool) -> Status:
    """Print a line for the wanted interaction of each recording, or for each interaction if `wanted` is None."""
    from viewer.cli.interaction_json import interaction_json  # noqa: PLC0415 - as above
    from viewer.cli.recordings import Opened, for_each  # noqa: PLC0415 - as above

    def show(opened: Opened) -> None:
        count = check_interaction(opened.cassette, wanted)
        for index in range(count) if wanted is None else [wanted]:
            sys.stdout.write(f"{interaction_json(opened.cassette, index, opened.file.shown)}\n")

    return for_each(inputs, show, think_tags=think_tags)


def _show_plain(inputs: Inputs, *, think_tags: bool) -> Status:
    """Print facts. If a single file is not a recording, that is a fact too: git drops a whole diff if a conversion fails."""
    from viewer.cli.files import read_file  # noqa: PLC0415 - as above
    from viewer.cli.plain_facts import cassette_facts, unreadable_facts  # noqa: PLC0415 - as above
    from viewer.cli.recordings import Opened, for_each, open_input  # noqa: PLC0415 - as above

    headings = Headings(wanted=not inputs.is_single)

    def show(opened: Opened) -> None:
        headings.write(opened.file.shown)
        sys.stdout.write(cassette_facts(opened.cassette))

    if not inputs.is_single:
        return for_each(inputs, show, think_tags=think_tags)
    data = inputs.files[0].read().data if inputs.files else read_file(inputs.arguments[0])
    try:
        if inputs.refused:
            raise inputs.refused[0]
        sys.stdout.write(cassette_facts(open_input(inputs.files[0], think_tags=think_tags).cassette))
    except CassetteError as error:
        sys.stdout.write(unreadable_facts(error.reason, data))
    return Status.DONE
