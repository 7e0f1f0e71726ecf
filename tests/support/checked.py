"""Recordings for the tests of `check`, and what one rule says about them."""

from viewer.checks.catalogue import all_checks
from viewer.checks.recording import Recording, unopened
from viewer.files.sidecars import no_sidecars
from viewer.streams.loading import open_recording
from viewer.types.problems import CassetteError


def recording_of(data, file="cassettes/a.sse"):
    """Open the bytes of a file as the rules see it."""
    try:
        return Recording(file, data, open_recording(data, file.rpartition("/")[2], no_sidecars))
    except CassetteError as error:
        return unopened(file, data, error)


def found_by(rule, recording, **options):
    """Return the violations of one rule. Options that are not given have their defaults."""
    found = next(one for one in all_checks() if one.rule.name == rule)
    return list(found.check(recording, {**found.rule.defaults, **options}))
