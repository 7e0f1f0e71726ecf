"""Write a stream in a format that other programs play."""

import argparse

from viewer.arguments import add_choice, add_file, add_output, check_choice, open_file, output, pick_stream

HELP = "write a stream for other programs: asciinema's players, or as a transcript"
FORMATS = ("asciicast", "vtt")
DEFAULT_COLUMNS = 80


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add FILE, --interaction, --choice, --as, --columns and --to."""
    add_file(parser)
    add_choice(parser)
    parser.add_argument(
        "--as",
        dest="as_format",
        choices=FORMATS,
        required=True,
        help="asciicast: version 3, for asciinema play and its players; vtt: a WebVTT transcript with voices",
    )
    parser.add_argument(
        "--columns",
        type=int,
        default=DEFAULT_COLUMNS,
        metavar="N",
        help=f"the width of an asciicast's terminal (default {DEFAULT_COLUMNS})",
    )
    add_output(parser)


def run(chosen: argparse.Namespace) -> int:
    """Write one stream."""
    from viewer.asciicast import asciicast  # noqa: PLC0415 - pandas, which help need not wait for
    from viewer.transcript import transcript  # noqa: PLC0415

    stream = pick_stream(open_file(chosen.file), chosen.interaction)
    check_choice(stream, chosen.choice)
    if chosen.as_format == "asciicast":
        text = asciicast(stream, chosen.choice, columns=max(20, chosen.columns))
    else:
        text = transcript(stream, chosen.choice)
    with output(chosen.to) as file:
        file.write(text.encode())
    return 0
