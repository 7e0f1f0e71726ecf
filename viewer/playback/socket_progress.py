"""How far a client is in a recorded session: which recorded message each of its messages stands for."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from viewer.comparison.normalise import plain_key
from viewer.playback.socket_events import SocketEvent, difference, name_of


@dataclass(slots=True, eq=False)
class SocketProgress:
    """The messages of a client, matched in order with those that were recorded.

    The session goes on whatever the client sends: a message of a kind that was never recorded stands for the next one.
    """

    recorded: Sequence[SocketEvent]
    arrived_s: list[float] = field(default_factory=list)
    """When each recorded message was sent again, as far as the client is."""
    received: int = 0
    differences: int = 0
    _media_bytes: int = 0
    """Media of the client beyond the recorded messages that it already stands for."""

    @property
    def position(self) -> int:
        """How many of the recorded messages the client has sent, or left out."""
        return len(self.arrived_s)

    def take(self, message: SocketEvent, now_s: float) -> list[str]:
        """Take the next message of the client. Return how it differs from what was recorded."""
        self.received += 1
        found = self._take_media(message, now_s) if message.is_media else self._take_other(message, now_s)
        self.differences += len(found)
        return found

    def _take_media(self, message: SocketEvent, now_s: float) -> list[str]:
        """Move on by one message, or by as many as the client's larger ones hold. Media beyond the recording say nothing."""
        self._media_bytes += message.media_bytes
        moved = False
        while self._next_is_media() and (not moved or self._media_bytes >= self.recorded[self.position].media_bytes):
            self._media_bytes -= self.recorded[self.position].media_bytes
            self.arrived_s.append(now_s)
            moved = True
        return []

    def _take_other(self, message: SocketEvent, now_s: float) -> list[str]:
        self._media_bytes = 0
        place = self._place_of(message)
        if place is None:
            return [f"{name_of(message.kind)} was not sent there when this was recorded"]
        left_out = [one for one in self.recorded[self.position : place] if not one.is_media]
        found = [f"{name_of(one.kind)} was recorded, and the client did not send it" for one in left_out]
        recorded = self.recorded[place]
        if differs := difference(recorded, message):
            found.append(f"message {place + 1} ({name_of(recorded.kind)}): {differs}")
        self.arrived_s += [now_s] * (place + 1 - self.position)
        return found

    def _place_of(self, message: SocketEvent) -> int | None:
        """Return which recorded message a new one stands for. Return None if it is one more than was recorded."""
        ahead = [place for place in range(self.position, len(self.recorded)) if not self.recorded[place].is_media]
        alike = [place for place in ahead if plain_key(self.recorded[place].kind) == plain_key(message.kind)]
        if alike:
            return next((place for place in alike if not difference(self.recorded[place], message)), alike[0])
        is_known = any(plain_key(one.kind) == plain_key(message.kind) for one in self.recorded)
        return None if is_known or not ahead else ahead[0]

    def _next_is_media(self) -> bool:
        return self.position < len(self.recorded) and self.recorded[self.position].is_media
