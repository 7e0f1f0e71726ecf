"""A baseline: the violations that are known and accepted, so that a check fails only for new ones.

The file is JSON with one line for each violation, sorted. The version is on the last line, so that every other line ends with a comma
and branches that add violations merge line by line; with `merge=union` in .gitattributes they never conflict.

    {
    "5b0f3c1d9a2e4f60": {"file": "cassettes/a.yaml", "rule": "secret"},
    "version": 1
    }
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from viewer.checks.violation import Violation
from viewer.text.json import is_whole_number, mapping
from viewer.types.problems import CassetteError

VERSION = 1
_CONFLICT = ("<<<<<<<", "=======", ">>>>>>>")
_WRITE_FIRST = "Write it with --update-baseline."
_WRITE_AGAIN = "Write it again with --update-baseline."


class Known(NamedTuple):
    """A violation that a baseline holds."""

    fingerprint: str
    file: str
    rule: str


class Compared(NamedTuple):
    """The violations of a run, compared with a baseline."""

    new: list[Violation]
    known: list[Violation]
    gone: list[Known]
    """Those of the baseline that were not found, though their file was checked or does not exist any more."""


def file_exists(file: str) -> bool:
    """Tell whether there is a file that a violation names, by itself or in an archive."""
    path = Path(file)
    try:
        return path.exists() or any(parent.is_file() for parent in path.parents)
    except OSError:
        # No file has a name that is too long.
        return False


class UnusableBaselineError(CassetteError):
    """A baseline cannot be compared with. It can be written again."""


def read_baseline(path: Path) -> Mapping[str, Known]:
    """Return the violations of a baseline by fingerprint.

    Raise `UnusableBaselineError` if there is none or it is of another version or broken, and `CassetteError` if it must not be
    overwritten either.
    """
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        raise UnusableBaselineError(str(path), "there is no such file.", _WRITE_FIRST) from None
    except (OSError, UnicodeDecodeError) as error:
        raise CassetteError(str(path), f"cannot be read as a baseline ({error}).") from None
    return _parse(str(path), text)


def read_to_update(path: Path) -> Mapping[str, Known]:
    """Do the same as `read_baseline`, and return nothing in place of a baseline that is to be written again."""
    try:
        return read_baseline(path)
    except UnusableBaselineError:
        return {}


def updated(
    baseline: Mapping[str, Known],
    violations: Iterable[Violation],
    checked: Collection[str],
    exists: Callable[[str], bool] = file_exists,
) -> str:
    """Return the text of a baseline with some violations, and with those of the old one whose files exist but were not checked."""
    known = {one.fingerprint: one for one in baseline.values() if one.file not in checked and exists(one.file)}
    known |= {one.fingerprint: Known(one.fingerprint, one.file, one.rule) for one in violations}
    write = json.JSONEncoder().encode
    lines = [
        f"{write(one.fingerprint)}: {write({'file': one.file, 'rule': one.rule})}"
        for one in sorted(known.values(), key=lambda one: (one.file, one.rule, one.fingerprint))
    ]
    return "{\n" + ",\n".join([*lines, f'"version": {VERSION}']) + "\n}\n"


def compare_with(
    baseline: Mapping[str, Known],
    violations: Sequence[Violation],
    checked: Collection[str],
    exists: Callable[[str], bool] = file_exists,
) -> Compared:
    """Tell which violations are new, and which of the baseline are gone.

    Args:
        baseline: as read.
        violations: of this run.
        checked: the files that were checked, as violations call them. Of all others nothing is known, if they exist.
        exists: tells whether a file exists.
    """
    found = {one.fingerprint for one in violations}
    missing = [one for one in baseline.values() if one.fingerprint not in found]
    return Compared(
        [one for one in violations if one.fingerprint not in baseline],
        [one for one in violations if one.fingerprint in baseline],
        [one for one in missing if one.file in checked or not exists(one.file)],
    )


def _parse(name: str, text: str) -> Mapping[str, Known]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith(_CONFLICT):
            advice = "Resolve it, or write it again with --update-baseline."
            raise UnusableBaselineError(name, f"has a merge conflict at line {number}.", advice)
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CassetteError(name, f"is not a baseline of this program: it is not JSON ({error}).") from None
    version = mapping(tree).get("version")
    if not is_whole_number(version):
        raise CassetteError(name, "is not a baseline of this program: it has no version.")
    if version > VERSION:
        what = f"is a baseline of version {version}; this program compares with version {VERSION}."
        raise CassetteError(name, what, "Install a newer cassette-viewer.")
    if version < VERSION:
        what = f"is a baseline of version {version}; this program compares with version {VERSION}."
        raise UnusableBaselineError(name, what, _WRITE_AGAIN)
    return {key: _known(name, key, value) for key, value in tree.items() if key != "version"}


def _known(name: str, fingerprint: str, value: Any) -> Known:
    file, rule = (mapping(value).get(key) for key in ("file", "rule"))
    if not isinstance(file, str) or not isinstance(rule, str):
        raise UnusableBaselineError(name, f"the entry {fingerprint[:40]!r} names no file and rule.", _WRITE_AGAIN)
    return Known(fingerprint, file, rule)
