"""What can be wrong with a recording.

A malformed recording is data. What is wrong with it becomes a `Problem`, and everything readable is shown. An exception is
raised only if nothing can be shown:

    ValueError
    └── CassetteError    the file as a whole cannot be opened
"""

from dataclasses import dataclass, replace
from typing import Literal

Severity = Literal["error", "warning", "note"]


class CassetteError(ValueError):
    """Nothing of a file can be shown. The message names the file, the place and the reason."""

    def __init__(self, file: str, reason: str, advice: str = "") -> None:
        self.file = file
        self.reason = reason
        self.advice = advice
        super().__init__(f"{file}: {reason}" + (f" {advice}" if advice else ""))


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a recording, where it is, and what to do about it."""

    severity: Severity
    message: str
    advice: str = ""
    file: str = ""
    interaction: int | None = None
    """Index into `cassette.interactions`; None if the problem concerns the whole file."""
    offset: int | None = None
    """Byte offset in the decoded response body, or in the file if `interaction` is None."""

    def at(self, *, file: str | None = None, interaction: int | None = None) -> "Problem":
        """Return a copy with the file and interaction filled in, for finders that do not know them."""
        return replace(
            self,
            file=self.file or file or "",
            interaction=self.interaction if interaction is None else interaction,
        )
