"""What the command `check` writes for other programs, and the baseline that it compares with."""

import argparse
import sys
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from viewer.checks.baseline import Compared, Known, compare_with, read_baseline, read_to_update, updated
from viewer.checks.catalogue import all_checks
from viewer.checks.outputs.github import as_annotations
from viewer.checks.outputs.junit import as_junit
from viewer.checks.outputs.sarif import as_sarif
from viewer.checks.violation import Violation
from viewer.cli.files import replace_file, write_output
from viewer.cli.output import Status, log
from viewer.text.words import counted
from viewer.types.problems import CassetteError

FAIL_ON = ("fail", "warn", "never")


def add_output_arguments(parser: argparse.ArgumentParser) -> None:
    """Add --github, --sarif, --junit, --fail-on, --baseline and --update-baseline."""
    parser.add_argument("--github", action="store_true", help="write annotations for a job of GitHub Actions")
    parser.add_argument("--sarif", type=Path, metavar="FILE", help="also write SARIF 2.1.0, for code scanning")
    parser.add_argument(
        "--junit", type=Path, metavar="FILE", help="also write JUnit XML, one test case for each recording"
    )
    parser.add_argument(
        "--fail-on",
        choices=FAIL_ON,
        default="fail",
        help="exit with 1 for violations of this level, warn for any, or never (default: fail)",
    )
    parser.add_argument("--baseline", type=Path, metavar="FILE", help="leave out the violations that a file holds")
    parser.add_argument(
        "--update-baseline",
        action="store_true",
        help="write the violations of this run to the baseline, and exit with 0",
    )


def read_known(chosen: argparse.Namespace) -> Mapping[str, Known]:
    """Return the violations in the baseline, before the recordings are checked. Raise `CassetteError` if it cannot be used."""
    path: Path | None = chosen.baseline
    if path is None:
        if chosen.update_baseline:
            raise CassetteError(
                "--update-baseline", "does not say which file to write.", "Name it with --baseline FILE."
            )
        return {}
    return read_to_update(path) if chosen.update_baseline else read_baseline(path)


def split_by_baseline(
    chosen: argparse.Namespace, known: Mapping[str, Known], violations: Sequence[Violation], checked: Collection[str]
) -> Compared:
    """Return which violations are new, known and gone, and say which are gone. Write the baseline if that was asked for.

    `checked` are the files that were checked.
    """
    path: Path | None = chosen.baseline
    if path and chosen.update_baseline:
        text = updated(known, violations, checked, _exists)
        write = replace_file if path.exists() else write_output
        write(path, text.encode())
        log(f"{path}: holds {counted(len(violations), 'violation')} of this run.")
        return Compared([], [*violations], [])
    compared = compare_with(known, violations, checked, _exists)
    for one in compared.gone:
        log(f"Gone since the baseline: {one.rule} in {one.file}.")
    if compared.gone:
        log(f"Remove {'it' if len(compared.gone) == 1 else 'them'} from {path} with --update-baseline.")
    return compared


def write_outputs(chosen: argparse.Namespace, violations: Sequence[Violation], checked: Sequence[str]) -> None:
    """Write what other programs read, except JSON."""
    if chosen.sarif:
        write_output(chosen.sarif, as_sarif(violations, [one.rule for one in all_checks()]).encode())
    if chosen.junit:
        write_output(chosen.junit, as_junit(checked, violations).encode())
    if chosen.github:
        sys.stdout.write(as_annotations(violations))


def status_of(chosen: argparse.Namespace, violations: Sequence[Violation]) -> Status:
    """Return the exit status for the violations that are new."""
    levels = {"fail": {"fail"}, "warn": {"fail", "warn"}, "never": set[str]()}[chosen.fail_on]
    return Status.FOUND if any(one.level in levels for one in violations) else Status.DONE


def _exists(file: str) -> bool:
    """Tell whether a file exists, by itself or in an archive."""
    path = Path(file)
    return path.exists() or any(parent.is_file() for parent in path.parents)
