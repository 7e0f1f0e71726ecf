"""Redact many recordings for the command `redact`, or list their secrets. A file that fails does not stop the others."""

from pathlib import Path

from viewer.cli.files import replace_file, write_output
from viewer.cli.findings import finding_json, finding_lines
from viewer.cli.inputs import Inputs
from viewer.cli.output import Status, fail, log, write_lines
from viewer.cli.recordings import Recordings
from viewer.cli.redact_one import check_kept, find_in, redacted
from viewer.cli.targets import Targets
from viewer.display.file_names import GO_VCR_ENDING
from viewer.redaction import Redaction
from viewer.redaction.outputs import text_redactor
from viewer.text.words import counted
from viewer.types.problems import CassetteError

_GO_VCR = "go-vcr"


def list_all(inputs: Inputs, options: Redaction, *, as_json: bool) -> int:
    """List the findings of all recordings. Return 2 if one cannot be opened, otherwise 1 if any is found and not kept."""
    recordings = Recordings(inputs)
    found = False
    searched = 0
    for opened in recordings:
        file = opened.file
        try:
            findings = find_in(opened, options)
        except CassetteError as error:
            recordings.fail(error, file)
            continue
        searched += 1
        found = found or any(finding.id not in options.keep for finding in findings)
        if as_json:
            write_lines([finding_json(file.shown, finding, options.keep) for finding in findings])
        elif inputs.is_single:
            write_lines(finding_lines(findings, options.keep) or ["No secrets were found."])
        else:
            write_lines([f"{file.shown}: {line}" for line in finding_lines(findings, options.keep)])
    if searched and not as_json and not inputs.is_single:
        # Without it, a folder without secrets cannot be told from a folder of which nothing was read.
        secrets = "Secrets were found" if found else "No secrets were found"
        log(
            f"{secrets}: {counted(searched, 'recording')} searched,"
            f" {counted(recordings.others, 'other file')} skipped, {recordings.failed:,} failed."
        )
    return Status.FOUND if found and not recordings.failed else recordings.status


def write_all(inputs: Inputs, to: Path | None, options: Redaction, *, as_go_vcr: bool) -> int:
    """Write all recordings to a folder, or over themselves if `to` is None. Return 2 if one cannot be written."""
    if to is None and (packed := next((one for one in inputs.files if one.path is None), None)):
        return fail(f"{packed.name}: only a file of its own can be replaced. Name a folder with --to DIR.")
    targets = Targets(to, inputs, text_redactor(options)) if to else None
    recordings = Recordings(inputs)
    written = removed = 0
    for opened in recordings:
        file = opened.file
        try:
            data, findings = redacted(opened, options, as_go_vcr=as_go_vcr)
            check_kept(findings, options)
            if targets is not None:
                is_converted = (as_go_vcr or options.metrics_only) and opened.cassette.format != _GO_VCR
                write_output(targets.take(file.name, GO_VCR_ENDING * is_converted), data)
            elif file.path is not None and data != opened.data:
                replace_file(file.path, data)
        except CassetteError as error:
            recordings.fail(error, file)
            continue
        written += 1
        removed += len(findings)
        for line in finding_lines(findings, options.keep):
            log(f"{file.shown}: {line}")
    log(
        f"{counted(written, 'recording')} written, {counted(removed, 'secret')} removed;"
        f" {counted(recordings.others, 'other file')} skipped, {recordings.failed:,} failed."
    )
    return recordings.status
