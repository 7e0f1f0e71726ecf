"""What a recording is called in lists and links, and how it is read."""

from dataclasses import dataclass
from typing import Literal

from viewer.files.entries import Member

Origin = Literal["opened", "library", "sample"]


@dataclass(frozen=True, slots=True, eq=False)
class ListedRecording:
    """One recording that can be picked."""

    key: str
    """Its name in links: a path for one on the server, the SHA-256 of its content for one opened by hand."""
    name: str
    origin: Origin
    member: Member

    @property
    def is_upload(self) -> bool:
        """Whether it was opened by hand, so that a link to it works only as long as this server keeps it."""
        return self.origin == "opened"
