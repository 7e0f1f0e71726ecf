"""Arguments that several commands take: a FILE, and which interaction and choice in it."""

import argparse
from typing import TYPE_CHECKING

from viewer.cli.output import warn
from viewer.types.problems import CassetteError

if TYPE_CHECKING:
    from viewer.streams.cassette import Cassette
    from viewer.streams.stream import Stream

_EXAMPLES = "examples:"


class HelpFormatter(argparse.HelpFormatter):
    """Fills each paragraph of a description to the width of the terminal, but leaves examples on lines of their own."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        fill = super()._fill_text
        paragraphs = text.split("\n\n")
        return "\n\n".join(one if one.startswith(_EXAMPLES) else fill(one, width, indent) for one in paragraphs)


def add_examples(parser: argparse.ArgumentParser, *calls: str) -> None:
    """Add examples to the end of --help, before what `parser.epilog` already says. A call is what follows the command."""
    lines = "\n".join([_EXAMPLES, *(f"  %(prog)s {call.replace('%', '%%')}" for call in calls)])
    parser.epilog = "\n\n".join(filter(None, (lines, parser.epilog)))


def add_files(parser: argparse.ArgumentParser) -> None:
    """Add FILE…, which `viewer.cli.inputs.find_inputs` takes."""
    parser.add_argument(
        "files",
        metavar="FILE",
        nargs="+",
        type=file_name,
        help="a recording, a folder or an archive; - reads standard input",
    )


def file_name(text: str) -> str:
    """Return an argument that names a file. Refuse an empty one, such as of a variable that is not set: it would name the current folder."""
    if not text:
        raise argparse.ArgumentTypeError("an empty name names no file")
    return text


def add_interaction(parser: argparse.ArgumentParser) -> None:
    """Add --interaction."""
    parser.add_argument(
        "--interaction",
        type=int,
        metavar="N",
        help="which interaction, counted from 0 (default: the longest answer of a model)",
    )


def add_think_tags(parser: argparse.ArgumentParser) -> None:
    """Add --think-tags."""
    parser.add_argument(
        "--think-tags",
        action="store_true",
        help="show thinking in tags, such as <think>, as reasoning instead of content",
    )


def pick_interaction(cassette: "Cassette", wanted: int | None) -> int:
    """Return the wanted interaction, by default the one to show first. Warn if other streams could have been meant.

    Raises:
        CassetteError: there is no such interaction.
    """
    check_interaction(cassette, wanted)
    return _chosen(cassette, cassette.main_interaction) if wanted is None else wanted


def check_interaction(cassette: "Cassette", wanted: int | None) -> int:
    """Return how many interactions a cassette has. Raise `CassetteError` if it has none, or not the one that is wanted."""
    count = len(cassette.interactions)
    if not count:
        raise CassetteError(cassette.name, "the recording has no interactions.")
    if wanted is not None and not 0 <= wanted < count:
        raise CassetteError(cassette.name, f"there is no interaction {wanted}; it has {count}, counted from 0.")
    return count


def _chosen(cassette: "Cassette", interaction: int) -> int:
    """Return an interaction that was not asked for. Warn if other streams could have been meant."""
    if len(cassette.streams) > 1:
        count = len(cassette.streams)
        warn(f"{cassette.name}: {count} streams; using interaction {interaction}. Choose another with --interaction.")
    return interaction


def pick_stream(cassette: "Cassette", wanted: int | None) -> "Stream":
    """Return the stream of the wanted interaction, by default the one to show first.

    Raises:
        CassetteError: the interaction has no stream. The message says why.
    """
    if wanted is None and cassette.streams:
        from viewer.streams.main_interaction import main_interaction  # noqa: PLC0415 - imports numpy, which --help does not need

        interaction = _chosen(cassette, main_interaction(cassette.interactions, cassette.streams, {}))
    else:
        interaction = pick_interaction(cassette, wanted)
    if stream := cassette.stream_of(interaction):
        return stream
    why = next((problem.message for problem in cassette.problems if problem.interaction == interaction), "")
    raise CassetteError(cassette.name, f"interaction {interaction} has no stream. {why}".strip())


def add_choice(parser: argparse.ArgumentParser) -> None:
    """Add --choice."""
    parser.add_argument(
        "--choice", type=int, metavar="N", help="which choice, if the request asked for several (default: the first)"
    )


def check_choice(stream: "Stream", wanted: int | None) -> None:
    """Raise `CassetteError` if a stream does not have the wanted choice."""
    from viewer.display.lanes import choices_of  # noqa: PLC0415 - imports numpy, which --help does not need

    choices = choices_of(stream)
    if wanted is not None and wanted not in choices:
        known = ", ".join(map(str, choices))
        raise CassetteError(f"interaction {stream.interaction}", f"there is no choice {wanted}; it has {known}.")
