"""The command `redact`: write recordings without their secrets, or list the secrets."""

import argparse

from viewer.cli.arguments import add_examples, add_files
from viewer.cli.files import output_path
from viewer.cli.inputs import Inputs, find_inputs
from viewer.cli.output import fail
from viewer.cli.redaction import add_redaction, redaction_of

HELP = "write recordings without their secrets, or list the secrets"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add FILE…, where to write, what to remove with the secrets, and --list."""
    parser.description = (
        "Write recordings without their secrets, each in its recorder's own format, and list on standard error what was"
        " found. Each removed character becomes a mark, so times, chunks and lengths stay the same."
    )
    parser.epilog = (
        "Exit status: 0 if all recordings were written, or if --list found no secrets; 1 if --list found secrets; 2 if a"
        " recording cannot be opened or written."
    )
    add_examples(
        parser, "recording.yaml --to shared.yaml", "recordings/ more.har --to shared/", "recordings/ --list --json"
    )
    add_files(parser)
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--to",
        metavar="OUT",
        help="the file to write (default: standard output), or the folder if there are several recordings",
    )
    where.add_argument("--in-place", action="store_true", help="replace each file by its redacted form")
    parser.add_argument("--list", action="store_true", help="only list the findings, on standard output")
    add_redaction(parser)
    parser.add_argument(
        "--metrics-only", action="store_true", help="remove all text and keep sizes, times and tokens; writes go-vcr"
    )
    parser.add_argument(
        "--keep",
        action="append",
        default=[],
        metavar="ID",
        help="a finding of a single recording to keep, by the id that --list shows; can be repeated",
    )
    parser.add_argument(
        "--go-vcr", action="store_true", help="write go-vcr cassettes, whatever the format of the recordings"
    )
    parser.add_argument(
        "--json", action="store_true", help="with --list: write a JSON object on a line for each finding"
    )


def run(chosen: argparse.Namespace) -> int:
    """Write the redacted recordings, or list the findings."""
    options = redaction_of(chosen)
    assert options is not None  # noqa: S101 - there is no --no-redact
    to = output_path(chosen.to)
    inputs = find_inputs(chosen.files, leave_out=to)
    if reason := _contradiction(chosen, inputs):
        return fail(reason)
    if inputs.is_single and inputs.refused:
        return fail(str(inputs.refused[0]))
    # Importing them takes as long as the rest of the command line.
    from viewer.cli import redact_many, redact_one  # noqa: PLC0415

    if chosen.list:
        return redact_many.list_all(inputs, options, as_json=chosen.json)
    if inputs.is_single and not chosen.in_place and not (to and to.is_dir()):
        return redact_one.write(inputs.files[0], to, options, as_go_vcr=chosen.go_vcr)
    return redact_many.write_all(inputs, to, options, as_go_vcr=chosen.go_vcr)


def _contradiction(chosen: argparse.Namespace, inputs: Inputs) -> str:
    """Return why the arguments do not go together, or "" if they do."""
    if chosen.json and not chosen.list:
        return "--json needs --list."
    if chosen.in_place and (chosen.go_vcr or chosen.metrics_only):
        return "--in-place keeps the recorder's own format: do not use it with --go-vcr or --metrics-only."
    if inputs.is_single:
        return ""
    if chosen.keep:
        return "--keep needs a single recording: each recording counts its findings by itself."
    if output_path(chosen.to) is None and not (chosen.in_place or chosen.list):
        return "there may be several recordings: name a folder with --to DIR, or use --in-place."
    return ""
