"""Redact one recording for the command `redact`."""

from pathlib import Path

from viewer.cli.files import STDIN, refuse_overwrite, write_output
from viewer.cli.findings import finding_lines
from viewer.cli.inputs import Input
from viewer.cli.output import Status, log
from viewer.cli.recordings import Opened, open_input
from viewer.redaction import Finding, Redaction, find_secrets, redact_file
from viewer.redaction.outputs import text_redactor
from viewer.redaction.rewriting.file import GO_VCR_ADVICE
from viewer.types.problems import CassetteError


def find_in(opened: Opened, options: Redaction) -> list[Finding]:
    """Return what `redacted` finds. A file holds more than its cassette, such as comments."""
    try:
        findings = redacted(opened, options)[1]
    except CassetteError:
        findings = find_secrets(opened.cassette, options)
    check_kept(findings, options)
    return findings


def redacted(opened: Opened, options: Redaction, *, as_go_vcr: bool = False) -> tuple[bytes, list[Finding]]:
    """Return a recorded file without its secrets, and what was found.

    Raises:
        CassetteError: the file cannot be rewritten in its own format.
    """
    _, data, cassette = opened
    name = text_redactor(options)(cassette.name)
    try:
        return redact_file(data, name, options, as_go_vcr=as_go_vcr, cassette=cassette)
    except CassetteError as error:
        if error.advice != GO_VCR_ADVICE:
            raise
        raise CassetteError(error.file, error.reason, "Use --go-vcr.") from error


def check_kept(findings: list[Finding], options: Redaction) -> None:
    """Raise `CassetteError` if a finding is to be kept that was not found."""
    for unknown in sorted(options.keep - {finding.id for finding in findings}):
        raise CassetteError("--keep", f"there is no finding {unknown!r}.", "--list shows them.")


def write(file: Input, to: Path | None, options: Redaction, *, as_go_vcr: bool) -> int:
    """Write one recording to a file, or to standard output if `to` is None. Return the exit status."""
    refuse_overwrite(str(file.path or STDIN), to)
    data, findings = redacted(open_input(file), options, as_go_vcr=as_go_vcr)
    check_kept(findings, options)
    write_output(to, data)
    for line in finding_lines(findings, options.keep) or ["No secrets were found."]:
        log(line)
    return Status.DONE
