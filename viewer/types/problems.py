"""What can be wrong with a recording.

A malformed recording is data: what is wrong becomes a `Problem` beside what could be read. Only a file of which
nothing can be shown raises:

    ValueError
    └── CassetteError    the file as a whole cannot be opened
"""

from dataclasses import dataclass, replace
from typing import Literal

Severity = Literal["error", "warning", "note"]


class CassetteError(ValueError):
    """Say that nothing of a file can be shown; the message names the file, the place and the reason."""

    def __init__(self, file: str, reason: str, advice: str = "") -> None:
        self.file = file
        self.reason = reason
        self.advice = advice
        super().__init__(f"{file}: {reason}" + (f" {advice}" if advice else ""))


@dataclass(frozen=True, slots=True)
class Problem:
    """State one thing that is wrong with a recording, where it stands and what to do about it."""

    severity: Severity
    message: str
    advice: str = ""
    file: str = ""
    interaction: int | None = None
    """Index into `cassette.interactions`; None where it concerns the whole file."""
    offset: int | None = None
    """Byte offset into the decoded response body, or into the file where `interaction` is None."""

    def at(self, *, file: str | None = None, interaction: int | None = None) -> "Problem":
        """Return this problem with the place filled in that its finder could not know."""
        return replace(
            self,
            file=self.file or file or "",
            interaction=self.interaction if interaction is None else interaction,
        )
