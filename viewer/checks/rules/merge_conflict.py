"""The rule `merge-conflict`: Git left a conflict in the recording."""

from collections.abc import Iterator

from viewer.checks.recording import Recording
from viewer.checks.rule import Options, Rule
from viewer.checks.violation import Violation
from viewer.streams.merge_conflicts import find_conflicts
from viewer.text.safe import shortened
from viewer.text.words import counted

RULE = Rule(
    "merge-conflict",
    "fail",
    "The file has lines that mark a conflict of a merge.",
    "No recorder can read it, and what is wrong with it otherwise is not worth knowing before the conflict is resolved.",
    ends=True,
)
_MAX_LABEL_LENGTH = 60


def check(recording: Recording, _options: Options) -> Iterator[Violation]:
    """Yield one violation, at the first of the conflicts."""
    cassette = recording.cassette
    conflicts = find_conflicts(recording.data, cassette.format, cassette.interactions)
    if conflicts:
        first = conflicts[0]
        marker = shortened(first.marker.decode(errors="replace"), _MAX_LABEL_LENGTH)
        others = f" {counted(len(conflicts) - 1, 'more conflict')} below." if len(conflicts) > 1 else ""
        yield RULE.violation(
            recording.file,
            f"A conflict of a merge begins at line {first.line}: “{marker}”.{others}",
            "Take one of the two versions whole, or record it again.",
            key="conflict",
            line=first.line,
        )
