"""The units of a body as columns. Every framing produces them and every protocol reads them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, NamedTuple, overload

import numpy as np
import numpy.typing as npt

from viewer.types.problems import Problem

Places = npt.NDArray[np.integer[Any]]

# Payloads are sliced this many at a time: enough to make the loop fast, few enough to keep the lists of places small.
_BATCH = 4096


class Event(NamedTuple):
    """One unit of a body."""

    offset: int
    size: int
    name: str
    data: bytes | None


@dataclass(frozen=True, slots=True, eq=False)
class Slices(Sequence[bytes | None]):
    """Payloads that are slices of a body. Each is cut out on demand, so that none is in memory twice."""

    body: bytes
    begin: Places
    end: Places
    others: Mapping[int, bytes | None]
    """By index, the payloads that are not slices of the body."""

    def __len__(self) -> int:
        return len(self.begin)

    @overload
    def __getitem__(self, index: int) -> bytes | None: ...
    @overload
    def __getitem__(self, index: slice) -> list[bytes | None]: ...
    def __getitem__(self, index: int | slice) -> bytes | list[bytes | None] | None:
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        place = range(len(self))[index]
        return self.others[place] if place in self.others else self.body[self.begin[place] : self.end[place]]

    def __iter__(self) -> Iterator[bytes | None]:
        payloads = chain.from_iterable(map(self._slice_batch, range(0, len(self), _BATCH)))
        if not self.others:
            return payloads
        return (self.others.get(place, payload) for place, payload in enumerate(payloads))

    def _slice_batch(self, first: int) -> Iterator[bytes]:
        batch = slice(first, first + _BATCH)
        return map(self.body.__getitem__, map(slice, self.begin[batch].tolist(), self.end[batch].tolist()))


@dataclass(frozen=True, slots=True, eq=False)
class Events:
    """The units of a body in order. They tile it: their raw slices by offset and size, joined, are the body."""

    offset: npt.NDArray[np.int64]
    """Where each unit's raw bytes begin in the decoded body."""
    size: npt.NDArray[np.int32]
    """The length of each unit's raw bytes, including the line ends that close it."""
    name: Sequence[str]
    """Each event's type, "message" unless the wire names another; "" if the unit is not an event."""
    data: Sequence[bytes | None]
    """Each payload, or text outside of every event; None if there is neither, such as for a comment."""
    unterminated: bool = False
    """Whether the body ends before the last event is closed."""
    damage: tuple[tuple[int, str], ...] = ()
    """The index of each unit whose framing is damaged, and what is wrong with it."""
    problems: tuple[Problem, ...] = ()
    """What is unusual in the framing, and how it was read."""

    def first(self, count: int) -> "Events":
        """Return the first `count` units."""
        damage = tuple((index, what) for index, what in self.damage if index < count)
        unterminated = self.unterminated and count >= len(self)
        return Events(
            self.offset[:count],
            self.size[:count],
            self.name[:count],
            self.data[:count],
            unterminated,
            damage,
            self.problems,
        )

    def damaged(self, damage: Mapping[int, str]) -> "Events":
        """Return the same units, with those in `damage` marked as damaged for the given reason and their payloads removed."""
        data = [b"?" if index in damage else payload for index, payload in enumerate(self.data)]
        return replace(self, data=data, damage=(*self.damage, *damage.items()))

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, index: int) -> Event:
        return Event(int(self.offset[index]), int(self.size[index]), self.name[index], self.data[index])

    def __iter__(self) -> Iterator[Event]:
        return map(Event._make, zip(self.offset.tolist(), self.size.tolist(), self.name, self.data, strict=True))


_SEPARATORS = b" \t\r\n,]"


def payload_ends(events: Events, body: bytes) -> npt.NDArray[np.int64]:
    """Return the offset in a body at which each unit ends without its separators.

    A unit extends to the next one, and the separators between them may arrive with either.
    """
    units = zip(events.offset.tolist(), events.size.tolist(), strict=True)
    return np.array([begin + len(body[begin : begin + size].rstrip(_SEPARATORS)) for begin, size in units], np.int64)


def tile(
    body_bytes: int,
    offset: Sequence[int] | Places,
    name: Sequence[str],
    data: Sequence[bytes | None],
    *,
    unterminated: bool = False,
) -> Events:
    """Build events from where the text of each unit begins. Each extends to the next, and together they cover the body."""
    starts = np.array(offset, dtype=np.int64)
    starts[:1] = 0
    sizes = np.diff(starts, append=body_bytes) if len(starts) else starts
    return Events(starts, sizes.astype(np.int32), name, data, unterminated)
