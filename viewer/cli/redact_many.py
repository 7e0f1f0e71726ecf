"""Redact many recordings for the command `redact`, or list their secrets. A file that fails does not stop the others."""

import re
from collections.abc import Container, Iterator
from pathlib import Path

from viewer.cli.files import replace_file, write_output
from viewer.cli.findings import finding_json, finding_lines
from viewer.cli.inputs import Input, Inputs
from viewer.cli.output import FAILED, fail, log, warn, write_lines
from viewer.cli.redact_one import Opened, check_kept, find_in, open_input, redacted
from viewer.display.file_names import GO_VCR_ENDING
from viewer.redaction import Redaction
from viewer.redaction.outputs import text_redactor
from viewer.text.masks import MASK
from viewer.text.words import counted
from viewer.types.problems import CassetteError

NONE_FOUND, FOUND = 0, 1
_GO_VCR = "go-vcr"
# A mark takes three bytes. File systems allow 255 for a name.
_MARKS = re.compile("•+")


class _Recordings:
    """Opens the recordings of a run, and counts what is none and what failed."""

    def __init__(self, inputs: Inputs) -> None:
        self._inputs = inputs
        self.failed = len(inputs.refused)
        self.others = inputs.skipped

    def __iter__(self) -> Iterator[tuple[Input, Opened]]:
        for file in self._inputs.files:
            try:
                yield file, open_input(file)
            except CassetteError as error:
                if file.is_named:
                    self.fail(error)
                else:
                    self.others += 1
                    log(f"{file.shown}: skipped: {error.reason}")

    def fail(self, error: CassetteError) -> None:
        """Say why a recording was not redacted."""
        self.failed += 1
        warn(str(error))


def list_all(inputs: Inputs, options: Redaction, *, as_json: bool) -> int:
    """List the findings of all recordings. Return 2 if one cannot be opened, otherwise 1 if any is found and not kept."""
    recordings = _Recordings(inputs)
    found = False
    for file, opened in recordings:
        try:
            findings = find_in(opened, options)
        except CassetteError as error:
            recordings.fail(error)
            continue
        found = found or any(finding.id not in options.keep for finding in findings)
        if as_json:
            write_lines([finding_json(file.shown, finding, options.keep) for finding in findings])
        elif inputs.is_single:
            write_lines(finding_lines(findings, options.keep) or ["No secrets were found."])
        else:
            write_lines([f"{file.shown}: {line}" for line in finding_lines(findings, options.keep)])
    return FAILED if recordings.failed else FOUND if found else NONE_FOUND


def write_all(inputs: Inputs, to: Path | None, options: Redaction, *, as_go_vcr: bool) -> int:
    """Write all recordings to a folder, or over themselves if `to` is None. Return 2 if one cannot be written."""
    redact_name = text_redactor(options)
    targets: set[Path] = set()
    if to is None and (packed := next((one for one in inputs.files if one.path is None), None)):
        return fail(f"{packed.name}: only a file of its own can be replaced. Name a folder with --to DIR.")
    sources = {one.path.resolve() for one in inputs.files if one.path}
    recordings = _Recordings(inputs)
    written = removed = 0
    for file, opened in recordings:
        try:
            data, findings = redacted(opened, options, as_go_vcr=as_go_vcr)
            check_kept(findings, options)
            if to is not None:
                is_converted = (as_go_vcr or options.metrics_only) and opened.cassette.format != _GO_VCR
                name = _MARKS.sub(MASK, redact_name(file.name)) + GO_VCR_ENDING * is_converted
                target = _target(to, name, sources, targets)
                targets.add(target)
                write_output(target, data)
            elif file.path is not None and data != opened.data:
                replace_file(file.path, data)
        except CassetteError as error:
            recordings.fail(error)
            continue
        written += 1
        removed += len(findings)
        for line in finding_lines(findings, options.keep):
            log(f"{file.shown}: {line}")
    log(
        f"{counted(written, 'recording')} written, {counted(removed, 'secret')} removed;"
        f" {counted(recordings.others, 'other file')} skipped, {recordings.failed:,} failed."
    )
    return FAILED if recordings.failed else 0


def _target(folder: Path, name: str, sources: Container[Path], targets: Container[Path]) -> Path:
    """Return where to write a file below a folder, and make its folder.

    Raises:
        CassetteError: that is outside the folder, or a recording that is read, or was written already.
    """
    target = (folder / name).resolve()
    if not target.is_relative_to(folder.resolve()):
        raise CassetteError(name, f"would be written outside {folder}.")
    if target in sources:
        raise CassetteError(
            str(target), "this would overwrite the recording.", "Name another folder, or use --in-place."
        )
    if target in targets:
        raise CassetteError(str(target), "another recording was written to this file.", "Redact this one by itself.")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CassetteError(str(target), f"cannot be written: {error.strerror or error}.") from error
    return target
