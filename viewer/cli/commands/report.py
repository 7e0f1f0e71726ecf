"""The command `report`: write each recording as one HTML page."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from viewer.cli.arguments import add_examples, add_files, add_think_tags
from viewer.cli.files import STDIN, output_path, write_output
from viewer.cli.inputs import Input, Inputs, find_inputs
from viewer.cli.output import fail, log
from viewer.cli.redaction import add_optional_redaction, name_redactor, redaction_of
from viewer.types.problems import CassetteError

if TYPE_CHECKING:
    from viewer.cli.targets import Targets

HELP = "write a recording as one HTML page that can be sent to anyone"
_ENDING = ".html"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add FILE…, --to, --think-tags and what to remove."""
    parser.description = (
        "Write a recording as one HTML page that opens offline: story, figures, replay, chunks, conversation, and the"
        " recording itself to save. Secrets are removed unless --no-redact keeps them."
    )
    add_examples(parser, "recording.yaml", "recording.yaml --to page.html --paths --emails", "recordings/ --to pages/")
    add_files(parser)
    parser.add_argument(
        "--to",
        metavar="OUT",
        help="the page to write, - for standard output, or the folder if there are several recordings (default: FILE.html)",
    )
    add_think_tags(parser)
    parser.add_argument("--metrics-only", action="store_true", help="remove all text and keep sizes, times and tokens")
    add_optional_redaction(parser)


def run(chosen: argparse.Namespace) -> int:
    """Write the pages."""
    from viewer.cli.recordings import Opened, for_each  # noqa: PLC0415 - takes longer than --help may take
    from viewer.cli.targets import targets_below  # noqa: PLC0415 - as above
    from viewer.display.report.report import report  # noqa: PLC0415 - only this command needs it

    options = redaction_of(chosen)
    to = output_path(chosen.to)
    inputs = find_inputs(chosen.files, leave_out=to)
    if chosen.to == STDIN and not inputs.is_single:
        return fail("there may be several recordings: name a folder with --to DIR.")
    targets = targets_below(to, inputs, name_redactor(chosen))

    def write(opened: Opened) -> None:
        page_path = _page_path(opened.file, inputs, chosen.to, targets)
        page = report(opened.cassette, redact=options or False, data=opened.data).encode()
        write_output(page_path, page)
        if page_path is not None:
            log(f"{page_path}: {len(page) / 1000:,.0f} kB.")

    return for_each(inputs, write, think_tags=chosen.think_tags)


def _page_path(file: Input, inputs: Inputs, to: str | None, targets: "Targets | None") -> Path | None:
    """Return where to write the page of a recording, or None for standard output.

    Raises:
        CassetteError: there is no place for it, or it would overwrite a recording.
    """
    if targets is not None:
        return targets.take(file.name, _ENDING)
    if to == STDIN or (to is None and inputs.is_single and file.path is None):
        return None
    if to is None and file.path is None:
        raise CassetteError(file.shown, "has no folder of its own to write a page to.", "Name one with --to DIR.")
    page_path = Path(to or f"{file.path}{_ENDING}")
    inputs.refuse_overwrite(page_path)
    return page_path
