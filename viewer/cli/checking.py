"""Check the recordings that PATH… names, for the command `check`, and write what was found."""

import argparse
import itertools
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from viewer.checks.baseline import Known, compare_with, read_baseline, read_to_update, updated
from viewer.checks.catalogue import all_checks
from viewer.checks.files import Opening
from viewer.checks.outputs.github import as_annotations
from viewer.checks.outputs.json_lines import json_line
from viewer.checks.outputs.junit import as_junit
from viewer.checks.outputs.sarif import as_sarif
from viewer.checks.outputs.text import counts_line, lines_of_file
from viewer.checks.places import locate
from viewer.checks.run import run
from viewer.checks.settings_file import find_settings, read_settings
from viewer.checks.violation import Level, Violation
from viewer.cli.files import write_output
from viewer.cli.inputs import Inputs, find_inputs
from viewer.cli.output import Status, is_coloured, log, warn, write_lines
from viewer.text.words import counted
from viewer.types.problems import CassetteError

# A repository with more has them in folders that can be checked one by one.
_MAX_FILES = 200_000
_FAILING: Mapping[str, frozenset[Level]] = {
    "fail": frozenset({"fail"}),
    "warn": frozenset({"fail", "warn"}),
    "never": frozenset(),
}
"""By --fail-on: the levels of violations with which the command exits with 1."""


def check_paths(chosen: argparse.Namespace) -> Status:
    """Check what PATH… names, write it in each form that was asked for, and return the exit status."""
    settings = (read_settings(Path(chosen.config)) if chosen.config else find_settings(Path.cwd())).settings
    baseline_path = Path(chosen.baseline) if chosen.baseline else None
    read = read_to_update if chosen.update_baseline else read_baseline
    baseline = read(baseline_path) if baseline_path else {}
    inputs = find_inputs(chosen.paths, max_files=_MAX_FILES)
    opening = Opening(inputs.files, settings)
    found = sorted(run(opening, settings, locate=locate), key=_order)
    status = _report_left_out(inputs, opening)
    checked = frozenset(opening.checked)
    if chosen.update_baseline and baseline_path is not None:
        write_output(baseline_path, updated(baseline, found, checked).encode())
        log(f"{baseline_path}: {counted(len(found), 'violation')} of {counted(len(checked), 'recording')} written.")
        return status
    compared = compare_with(baseline, found, checked)
    _report_gone(compared.gone)
    _write_files(chosen, opening.checked, compared.new)
    _print(chosen, compared.new, len(checked), len(compared.known))
    fails = any(one.level in _FAILING[chosen.fail_on] for one in compared.new)
    return Status.FOUND if fails and status is Status.DONE else status


def _report_gone(gone: Sequence[Known]) -> None:
    """Say what of the baseline is not found any more, so that it can be taken out."""
    for (file, rule), alike in itertools.groupby(gone, key=lambda one: (one.file, one.rule)):
        count = len(list(alike))
        log(f"Gone since the baseline: {rule} in {file}{f', {count} times' if count > 1 else ''}.")
    if gone:
        log("Use --update-baseline to take this out of the baseline.")


def _order(violation: Violation) -> tuple[str, int, int, str]:
    """Sort by file and by place in it. What concerns the whole file comes first."""
    interaction = -1 if violation.interaction is None else violation.interaction
    return violation.file, violation.line or 0, interaction, violation.rule


def _print(chosen: argparse.Namespace, violations: Sequence[Violation], recordings: int, known: int) -> None:
    if chosen.json:
        write_lines([json_line(one) for one in violations])
    elif chosen.github:
        sys.stdout.write(as_annotations(violations))
    else:
        sys.stdout.writelines(f"{line}\n" for line in _text(violations, recordings, known))


def _text(violations: Sequence[Violation], recordings: int, known: int) -> Iterator[str]:
    coloured = is_coloured()
    told: set[str] = set()
    for _, group in itertools.groupby(violations, key=lambda one: one.file):
        yield from lines_of_file(list(group), told, coloured=coloured)
        yield ""
    yield counts_line(violations, recordings, known=known, coloured=coloured)


def _write_files(chosen: argparse.Namespace, files: Sequence[str], violations: Sequence[Violation]) -> None:
    if chosen.sarif:
        write_output(Path(chosen.sarif), as_sarif(violations, [one.rule for one in all_checks()]).encode())
    if chosen.junit:
        write_output(Path(chosen.junit), as_junit(files, violations).encode())


def _report_left_out(inputs: Inputs, opening: Opening) -> Status:
    """Say what was not checked. Return `Status.FAILED` if something could not be read, or if a folder holds no recordings."""
    others = opening.others + inputs.skipped
    counts = (
        (others, "other file", "not recordings"),
        (opening.excluded, "file", "excluded by the settings"),
        (opening.in_submodules, "file", "in submodules; name a submodule to check it"),
        (opening.vanished, "file", "vanished"),
    )
    if left_out := [f"{counted(count, what)} ({why})" for count, what, why in counts if count]:
        log(f"Left out: {', '.join(left_out)}.")
    empty = [one for one in inputs.arguments if one in inputs.fruitless or one not in opening.fruitful]
    named = {one.argument for one in inputs.files if one.is_named}
    problems = [*inputs.refused, *opening.unreadable]
    problems += [
        CassetteError(one, "holds no recordings.", "Name a recording, or a folder or archive of some.")
        for one in dict.fromkeys(empty)
        if one not in named and Path(one).exists()
    ]
    for error in problems:
        warn(str(error))
    return Status.FAILED if problems else Status.DONE
