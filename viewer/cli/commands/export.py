"""The command `export`: write a stream in a format that other programs play."""

import argparse

from viewer.cli.arguments import add_choice, add_examples, add_file, add_output, check_choice, pick_stream
from viewer.cli.files import open_file, refuse_overwrite, write_output
from viewer.cli.redaction import add_optional_redaction, outgoing_of

HELP = "write a stream for other programs: as an asciicast or as a transcript"
FORMATS = ("asciicast", "vtt")
DEFAULT_COLUMNS = 80
# A label and a word or two still fit on a line.
MIN_COLUMNS = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add FILE, --interaction, --think-tags, --choice, --as, --columns, --to and what to remove."""
    parser.description = (
        "Write a stream for other programs: as an asciicast or as a transcript. Secrets are removed unless --no-redact keeps"
        " them."
    )
    add_examples(parser, "recording.yaml --as asciicast --to recording.cast")
    add_file(parser)
    add_choice(parser)
    parser.add_argument(
        "--as",
        dest="as_format",
        choices=FORMATS,
        required=True,
        help="asciicast: version 3, for asciinema and its players; vtt: a WebVTT transcript with voices",
    )
    parser.add_argument(
        "--columns",
        type=_columns,
        default=DEFAULT_COLUMNS,
        metavar="N",
        help=f"the terminal width of an asciicast, at least {MIN_COLUMNS} (default: {DEFAULT_COLUMNS})",
    )
    add_output(parser)
    add_optional_redaction(parser)


def run(chosen: argparse.Namespace) -> int:
    """Write one stream."""
    from viewer.display.asciicast import asciicast  # noqa: PLC0415 - imports numpy, which --help does not need
    from viewer.display.webvtt import transcript  # noqa: PLC0415 - as above

    refuse_overwrite(chosen.file, chosen.to)
    outgoing = outgoing_of(open_file(chosen.file, think_tags=chosen.think_tags), chosen)
    stream = pick_stream(outgoing.cassette, chosen.interaction)
    check_choice(stream, chosen.choice)
    if chosen.as_format == "asciicast":
        text = asciicast(stream, chosen.choice, columns=chosen.columns)
    else:
        text = transcript(stream, chosen.choice)
    outgoing.check(text)
    write_output(chosen.to, text.encode())
    return 0


def _columns(text: str) -> int:
    columns = int(text)
    if columns < MIN_COLUMNS:
        raise argparse.ArgumentTypeError(f"{text} is too narrow: at least {MIN_COLUMNS}")
    return columns
