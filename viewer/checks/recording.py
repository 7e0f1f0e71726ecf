"""One recording as the rules see it."""

from dataclasses import dataclass, field
from functools import cached_property

from viewer.redaction.cassette import Redacted, Redaction, redact_to_share
from viewer.streams.answer import Answer
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream
from viewer.types.problems import CassetteError, Problem


@dataclass(frozen=True, eq=False)
class Recording:
    """A file, and the cassette in it."""

    file: str
    """What violations call it."""
    data: bytes = field(repr=False)
    """The file as it is stored."""
    cassette: Cassette
    """Has no interactions if the file cannot be opened."""
    refused: CassetteError | None = None
    """Why the file cannot be opened; None if it can."""

    @cached_property
    def redacted(self) -> Redacted:
        """The cassette without its secrets, and what was found. Redacted once for all rules."""
        return redact_to_share(self.cassette, Redaction())

    @property
    def is_redacted(self) -> bool:
        """Whether any rule asked for what redaction finds."""
        return "redacted" in vars(self)

    @cached_property
    def answers(self) -> list[tuple[int, Stream | Answer]]:
        """What was answered, streamed or not, each with its interaction, in order."""
        cassette = self.cassette
        streams = [(stream.interaction, stream) for stream in cassette.streams]
        return sorted([*streams, *cassette.answers.items()], key=lambda one: one[0])

    @cached_property
    def problems(self) -> list[Problem]:
        """The problems of the cassette, redacted, because they quote what was recorded."""
        return self.redacted.cassette.problems if self.cassette.problems else []


def unopened(file: str, data: bytes, refused: CassetteError) -> Recording:
    """Return the recording of a file that cannot be opened, for rules that look at its bytes."""
    return Recording(file, data, Cassette(refused.file, "", "", [], [], []), refused)
