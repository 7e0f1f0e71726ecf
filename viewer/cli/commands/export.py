"""The command `export`: write a stream in a format that other programs play."""

import argparse

from viewer.cli.arguments import add_choice, add_file, add_output, check_choice, pick_stream
from viewer.cli.files import open_file, refuse_overwrite, write_output
from viewer.cli.redaction import add_optional_redaction, outgoing_of

HELP = "write a stream for other programs: as an asciicast or as a transcript"
FORMATS = ("asciicast", "asciicast-v3", "svg", "vtt")
DEFAULT_COLUMNS = 80
# A label and a word or two still fit on a line.
MIN_COLUMNS = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add FILE, --interaction, --think-tags, --choice, --as, --columns, --to and what to remove."""
    parser.description = (
        "Write a stream for other programs: as an asciicast or as a transcript. Secrets are removed unless --no-redact keeps"
        " them."
    )
    add_file(parser)
    add_choice(parser)
    parser.add_argument(
        "--as",
        dest="as_format",
        choices=FORMATS,
        required=True,
        help="asciicast: version 2, for asciinema and the tools around it; asciicast-v3: for asciinema 3;"
        " svg: an animated picture, which a README can show; vtt: a WebVTT transcript",
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
    from viewer.display.asciicast import Version, asciicast  # noqa: PLC0415 - imports pandas, which --help does not need
    from viewer.display.replay_svg import animated_svg  # noqa: PLC0415 - as above
    from viewer.display.webvtt import transcript  # noqa: PLC0415 - as above

    refuse_overwrite(chosen.file, chosen.to)
    outgoing = outgoing_of(open_file(chosen.file, think_tags=chosen.think_tags), chosen)
    stream = pick_stream(outgoing.cassette, chosen.interaction)
    check_choice(stream, chosen.choice)
    if chosen.as_format in ("asciicast", "asciicast-v3"):
        version: Version = 3 if chosen.as_format == "asciicast-v3" else 2
        text = asciicast(stream, chosen.choice, version=version, columns=chosen.columns)
    elif chosen.as_format == "svg":
        text = animated_svg(outgoing.cassette, stream, chosen.choice)
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
