"""What a finder has searched without finding anything, so that repeated texts and bodies are searched once."""

from collections.abc import Iterable
from typing import NamedTuple

_MAX_CHARACTERS = 1 << 24
# A cassette keeps its bodies in memory anyway, so only their number is bounded.
_MAX_BODIES = 20_000


class CleanBody(NamedTuple):
    """A body in which nothing was found. Its media type tells how it was read."""

    content_type: str
    body: bytes


class CleanTexts:
    """Texts in which nothing was found, each searched as a whole, and bodies that consist of such texts."""

    def __init__(self) -> None:
        self.texts: set[str] = set()
        self.bodies: set[CleanBody] = set()
        self.is_complete = True
        """Whether all clean texts so far are remembered. Memory is bounded."""
        self._characters = 0

    def add(self, texts: Iterable[str]) -> None:
        """Remember texts."""
        for text in texts:
            if text in self.texts:
                continue
            if self._characters < _MAX_CHARACTERS:
                self._characters += len(text)
                self.texts.add(text)
            else:
                self.is_complete = False

    def add_body(self, body: CleanBody) -> None:
        """Remember a body."""
        if len(self.bodies) < _MAX_BODIES:
            self.bodies.add(body)
