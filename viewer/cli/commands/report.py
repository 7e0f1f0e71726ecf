"""The command `report`: write a recording as one HTML page."""

import argparse
from pathlib import Path

from viewer.cli.arguments import add_think_tags
from viewer.cli.files import STDIN, open_data, read_file, refuse_overwrite, write_output
from viewer.cli.output import log
from viewer.cli.redaction import add_optional_redaction, redaction_of

HELP = "write a recording as one HTML page that can be sent to anyone"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add FILE, --to, --think-tags and what to remove."""
    parser.description = (
        "Write a recording as one HTML page that opens offline: story, figures, replay, chunks, conversation, and the"
        " recording itself to save. Secrets are removed unless --no-redact keeps them."
    )
    parser.add_argument("file", metavar="FILE", help="a recording; - reads standard input")
    parser.add_argument(
        "--to", metavar="OUT.html", help="the page to write, - for standard output (default: FILE.html)"
    )
    add_think_tags(parser)
    parser.add_argument("--metrics-only", action="store_true", help="remove all text and keep sizes, times and tokens")
    add_optional_redaction(parser)


def run(chosen: argparse.Namespace) -> int:
    """Write the page."""
    from viewer.display.report.report import report  # noqa: PLC0415 - only this command needs it

    options = redaction_of(chosen)
    name = chosen.to or ("-" if chosen.file == STDIN else f"{chosen.file}.html")
    to = None if name == "-" else Path(name)
    refuse_overwrite(chosen.file, to)
    data = read_file(chosen.file)
    cassette = open_data(chosen.file, data, think_tags=chosen.think_tags)
    page = report(cassette, redact=options or False, data=data).encode()
    write_output(to, page)
    if to is not None:
        log(f"{to}: {len(page) / 1000:,.0f} kB.")
    return 0
