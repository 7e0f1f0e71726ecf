"""One pass over files in one process. Each is opened once, and only small facts of it are kept."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from viewer.checks.catalogue import all_checks
from viewer.checks.fingerprints import identify, message_key
from viewer.checks.recording import Recording
from viewer.checks.rule import Check
from viewer.checks.settings import Settings
from viewer.checks.violation import Violation, fingerprint_of
from viewer.redaction.cassette import Redaction
from viewer.redaction.known_values import KnownValues
from viewer.redaction.outputs import text_redactor
from viewer.redaction.verification import check_output
from viewer.types.problems import CassetteError

Locate = Callable[[Recording, Sequence[Violation]], Sequence[Violation]]
"""Fills in the lines of the violations of one recording."""

_NOT_SHOWN = "What is wrong is not shown, because it would show a secret."


class _Kept(NamedTuple):
    """A rule over all recordings, and what it keeps of those it has seen."""

    check: Check
    facts: list[Any]


def run(
    recordings: Iterable[Recording],
    settings: Settings,
    *,
    checks: Sequence[Check] | None = None,
    locate: Locate = lambda _recording, violations: violations,
) -> Iterator[Violation]:
    """Yield the violations of each recording as it is opened, and at the end those that only all recordings together show."""
    switched_on = [one for one in (all_checks() if checks is None else checks) if settings.level(one.rule) != "off"]
    kept = [_Kept(one, []) for one in switched_on if one.check_all]
    ending = [one for one in switched_on if one.rule.ends]
    others = [one for one in switched_on if not one.rule.ends]
    removed: dict[str, KnownValues] = {}
    for recording in recordings:
        ended = list(_check_one(recording, settings, ending))
        found = ended or list(_check_one(recording, settings, others))
        yield from locate(recording, identify(recording, _verified(recording, found)))
        if not ended:
            _keep_facts(recording, settings, kept)
            if kept and (values := recording.redacted.removed):
                removed[recording.file] = values
    redact = text_redactor(Redaction())
    for check, facts in kept:
        if check.check_all:
            for one in check.check_all(facts, settings.options(check.rule)):
                fingerprint = one.fingerprint or fingerprint_of(one.rule, one.file, message_key(one.message))
                # Rules over all recordings quote names as they were recorded.
                is_clean = one.file not in removed or _is_clean(one, removed[one.file])
                message = redact(one.message) if is_clean else _NOT_SHOWN
                yield replace(_with_level(one, check, settings), message=message, fingerprint=fingerprint)


def _verified(recording: Recording, found: Sequence[Violation]) -> Sequence[Violation]:
    """Return violations without messages that hold a secret of the recording, which redaction should have removed."""
    if not recording.is_redacted:
        return found
    removed = recording.redacted.removed
    return [one if _is_clean(one, removed) else replace(one, message=_NOT_SHOWN) for one in found]


def _is_clean(violation: Violation, removed: KnownValues) -> bool:
    try:
        check_output(violation.message, removed, violation.file)
    except CassetteError:
        return False
    return True


def _keep_facts(recording: Recording, settings: Settings, kept: Sequence[_Kept]) -> None:
    for check, facts in kept:
        if check.facts and settings.applies(check.rule, recording.file):
            fact = check.facts(recording, settings.options(check.rule))
            if fact is not None:
                facts.append(fact)


def _check_one(recording: Recording, settings: Settings, checks: Sequence[Check]) -> Iterator[Violation]:
    for one in checks:
        if one.check and settings.applies(one.rule, recording.file):
            found = one.check(recording, settings.options(one.rule))
            yield from (_with_level(violation, one, settings) for violation in found)


def _with_level(violation: Violation, check: Check, settings: Settings) -> Violation:
    return replace(violation, level="fail" if settings.level(check.rule) == "fail" else "warn")
