"""The command `redact`: write a recording without its secrets."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from viewer.cli.files import STDIN, STDIN_NAME, read_file, refuse_overwrite, write_output
from viewer.cli.output import fail, log, write_lines
from viewer.cli.redaction import add_redaction

if TYPE_CHECKING:
    from viewer.redaction import Finding

HELP = "write a recording without its secrets"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add FILE, --to, what to remove with the secrets, and --list."""
    parser.description = (
        "Write a recording without its secrets, in the recorder's own format, and list on standard error what was found."
        " Each removed character becomes a mark, so times, chunks and lengths stay the same."
    )
    parser.add_argument("file", metavar="FILE", help="a recording; - reads standard input")
    parser.add_argument("--to", default="-", metavar="OUT", help="the file to write (default: -, standard output)")
    add_redaction(parser)
    parser.add_argument(
        "--metrics-only", action="store_true", help="remove all text and keep sizes, times and tokens; writes go-vcr"
    )
    parser.add_argument(
        "--keep",
        action="append",
        default=[],
        metavar="ID",
        help="a finding to keep, by the id that --list shows; can be repeated",
    )
    parser.add_argument(
        "--go-vcr", action="store_true", help="write a go-vcr cassette, whatever the format of the file"
    )
    parser.add_argument("--list", action="store_true", help="only list the findings, on standard output")


def run(chosen: argparse.Namespace) -> int:
    """Write the redacted file, or list the findings."""
    # Only this command needs these modules.
    from viewer.redaction import Redaction, find_secrets, redact_file  # noqa: PLC0415
    from viewer.redaction.rewriting import GO_VCR_ADVICE  # noqa: PLC0415
    from viewer.streams.loading import load  # noqa: PLC0415
    from viewer.types.problems import CassetteError  # noqa: PLC0415

    options = Redaction(
        personal_paths=chosen.paths,
        emails=chosen.emails,
        identities=chosen.identities,
        metrics_only=chosen.metrics_only,
        keep=frozenset(chosen.keep),
    )
    data = read_file(chosen.file)
    name = STDIN_NAME if chosen.file == STDIN else Path(chosen.file).name
    if chosen.list:
        write_lines(_finding_lines(find_secrets(load(data, name), options), options.keep))
        return 0
    to = None if chosen.to == "-" else Path(chosen.to)
    refuse_overwrite(chosen.file, to)
    try:
        redacted, findings = redact_file(data, name, options, as_go_vcr=chosen.go_vcr)
    except CassetteError as error:
        return fail(f"{str(error).removesuffix('.')}: use --go-vcr." if error.advice == GO_VCR_ADVICE else str(error))
    write_output(to, redacted)
    for line in _finding_lines(findings, options.keep):
        log(line)
    return 0


def _finding_lines(findings: list["Finding"], keep: frozenset[str]) -> list[str]:
    if not findings:
        return ["No secrets were found."]
    lines = []
    for finding in findings:
        kept = "  kept" if finding.id in keep else ""
        times = "once" if finding.count == 1 else f"{finding.count} times"
        lines.append(f"{finding.id:<24} {finding.preview:<8} {times:>10}  {finding.where}{kept}")
    unknown = sorted(keep - {finding.id for finding in findings})
    return lines + [f"There is no finding {name!r}." for name in unknown]
