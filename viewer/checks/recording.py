"""One recording as the rules see it."""

from dataclasses import dataclass, field

from viewer.streams.cassette import Cassette
from viewer.types.problems import CassetteError


@dataclass(frozen=True, slots=True, eq=False)
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


def unopened(file: str, data: bytes, refused: CassetteError) -> Recording:
    """Return the recording of a file that cannot be opened, for rules that look at its bytes."""
    return Recording(file, data, Cassette(refused.file, "", "", [], [], []), refused)
