"""What rules find in recordings, as the command `check` would tell it."""

from viewer.checks.catalogue import all_checks
from viewer.checks.recording import Recording, unopened
from viewer.checks.run import run
from viewer.checks.settings import RuleSettings, Settings
from viewer.files.entries import Member
from viewer.files.folders import members
from viewer.streams.loading import open_recording
from viewer.types.problems import CassetteError


def recordings_in(folder):
    """Open the recordings below a folder. They are named by their whole paths."""
    for member in members(folder):
        if isinstance(member, Member):
            content = member.read()
            name = f"{folder}/{member.name}"
            try:
                cassette = open_recording(content.data, member.name, content.beside)
            except CassetteError as error:
                yield unopened(name, content.data, error)
            else:
                yield Recording(name, content.data, cassette)


def violations_in(folder, *rules, exclude=(), **options):
    """What some rules find in a folder. The options are those of the first of them."""
    checks = [one for one in all_checks() if one.rule.name in rules]
    assert len(checks) == len(rules)
    settings = {name: RuleSettings("warn", exclude=exclude) for name in rules}
    settings[rules[0]] = RuleSettings("warn", options, exclude)
    return list(run(recordings_in(folder), Settings(rules=settings), checks=checks))
