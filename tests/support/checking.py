"""Recordings as the rules of `check` see them, and what rules find in them."""

from viewer.checks.catalogue import all_checks
from viewer.checks.recording import Recording, unopened
from viewer.checks.run import run
from viewer.checks.settings import RuleSettings, Settings
from viewer.files.entries import Member
from viewer.files.folders import members
from viewer.files.sidecars import no_sidecars
from viewer.streams.loading import open_recording
from viewer.types.problems import CassetteError


def recording_of(data, file="cassettes/a.sse", beside=no_sidecars):
    """Open the bytes of a file."""
    try:
        return Recording(file, data, open_recording(data, file.rpartition("/")[2], beside))
    except CassetteError as error:
        return unopened(file, data, error)


def recordings_in(folder):
    """Open the recordings below a folder. They are named by their whole paths."""
    for member in members(folder):
        if isinstance(member, Member):
            content = member.read()
            yield recording_of(content.data, f"{folder}/{member.name}", content.beside)


def found_by(rule, recording, **options):
    """Return what one rule of single recordings finds. Options that are not given have their defaults."""
    found = next(one for one in all_checks() if one.rule.name == rule)
    return list(found.check(recording, {**found.rule.defaults, **options}))


def violations_in(folder, *rules, exclude=(), **options):
    """Return what some rules find in a folder. The options are those of the first of them."""
    checks = [one for one in all_checks() if one.rule.name in rules]
    assert len(checks) == len(rules)
    settings = {name: RuleSettings("warn", exclude=exclude) for name in rules}
    settings[rules[0]] = RuleSettings("warn", options, exclude)
    return list(run(recordings_in(folder), Settings(rules=settings), checks=checks))
