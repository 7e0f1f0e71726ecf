"""The rule `unreadable`: a file cannot be opened as a recording."""

from collections.abc import Iterator

from viewer.checks.recording import Recording
from viewer.checks.rule import Options, Rule
from viewer.checks.violation import Violation
from viewer.redaction.cassette import Redaction
from viewer.redaction.outputs import text_redactor

RULE = Rule(
    "unreadable",
    "warn",
    "The file is that of a recorder but holds nothing that can be read, is cut off in its first request, or is not readable as YAML or JSON.",
    "No test can use it, and a recorder in the mode `once` may replace it without a word.",
)


def check(recording: Recording, _options: Options) -> Iterator[Violation]:
    """Yield a violation if the file cannot be opened."""
    if refused := recording.refused:
        # It may quote the keys of the file.
        reason = text_redactor(Redaction())(refused.reason).rstrip(".")
        yield RULE.violation(recording.file, f"Cannot be opened: {reason}.", refused.advice, key="")
