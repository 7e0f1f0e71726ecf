"""The rule `large-file`: a file is larger than a number of bytes."""

from collections.abc import Iterator

from viewer.checks.recording import Recording
from viewer.checks.rule import Option, Options, Rule
from viewer.checks.violation import Violation

RULE = Rule(
    "large-file",
    "warn",
    "The file is larger than `max_size_bytes`.",
    "It stays in the history of the repository, in every clone, even after it is deleted.",
    (Option("max_size_bytes", 1_000_000, "bytes on disk"),),
)


def check(recording: Recording, options: Options) -> Iterator[Violation]:
    """Yield a violation if the file is too large."""
    size_bytes, max_size_bytes = len(recording.data), options["max_size_bytes"]
    if isinstance(max_size_bytes, int) and size_bytes > max_size_bytes:
        yield RULE.violation(
            recording.file,
            f"{size_bytes:,} bytes; the limit is {max_size_bytes:,}.",
            "Record less, such as fewer interactions or without images, or use Git LFS.",
            key="",
        )
