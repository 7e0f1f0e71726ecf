"""The framed units of a body, as columns: what every framing produces and every protocol reads."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, NamedTuple, overload

import numpy as np
import numpy.typing as npt

Places = npt.NDArray[np.integer[Any]]

_CUT_TOGETHER = 4096


class Event(NamedTuple):
    """One framed unit on the wire."""

    offset: int
    size: int
    name: str
    data: bytes | None


@dataclass(frozen=True, slots=True, eq=False)
class Slices(Sequence[bytes | None]):
    """Offer payloads that stand in a body as they are; each is cut out when asked for, so that none is held twice."""

    body: bytes
    begin: Places
    end: Places
    others: Mapping[int, bytes | None]
    """By index, the payloads that are no slice of the body."""

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
        cut = chain.from_iterable(map(self._cut, range(0, len(self), _CUT_TOGETHER)))
        if not self.others:
            return cut
        return (self.others.get(place, payload) for place, payload in enumerate(cut))

    def _cut(self, first: int) -> Iterator[bytes]:
        some = slice(first, first + _CUT_TOGETHER)
        return map(self.body.__getitem__, map(slice, self.begin[some].tolist(), self.end[some].tolist()))


@dataclass(frozen=True, slots=True, eq=False)
class Events:
    """Hold the units of a body in order; they tile it: raw slices by offset and size give it back byte for byte."""

    offset: npt.NDArray[np.int64]
    """Where each unit's raw bytes begin in the decoded body."""
    size: npt.NDArray[np.int32]
    """Length of each unit's raw bytes, with the line ends that close it."""
    name: Sequence[str]
    """Each event's type ("message" unless the wire names another); "" where nothing is dispatched."""
    data: Sequence[bytes | None]
    """Each payload; None for a unit that dispatches nothing, such as a comment."""
    unterminated: bool = False
    """Whether the body ends before the last event does."""
    damage: tuple[tuple[int, str], ...] = ()
    """Index of each unit whose framing is damaged, and in what way."""

    def first(self, count: int) -> "Events":
        """Return the first of the units."""
        damage = tuple((index, what) for index, what in self.damage if index < count)
        unterminated = self.unterminated and count >= len(self)
        return Events(
            self.offset[:count], self.size[:count], self.name[:count], self.data[:count], unterminated, damage
        )

    def damaged(self, damage: Mapping[int, str]) -> "Events":
        """Return the same without the payloads of some units, and in what way those are damaged."""
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
    """Return where in a body each unit's last byte stands that is no separator.

    A unit reaches to the next one, and what separates the two may come with either.
    """
    units = zip(events.offset.tolist(), events.size.tolist(), strict=True)
    return np.array([begin + len(body[begin : begin + size].rstrip(_SEPARATORS)) for begin, size in units], np.int64)


def tile(
    begin: int,
    end: int,
    offset: Sequence[int] | Places,
    name: Sequence[str],
    data: Sequence[bytes | None],
    *,
    unterminated: bool = False,
) -> Events:
    """Make events of where each unit's text begins: each reaches to the next, the first from `begin`, the last to `end`."""
    starts = np.array(offset, dtype=np.int64)
    starts[:1] = begin
    sizes = np.diff(starts, append=end) if len(starts) else starts
    return Events(starts, sizes.astype(np.int32), name, data, unterminated)


def join(parts: Sequence[Events]) -> Events:
    """Return the events of consecutive pieces of one body as one."""
    return Events(
        np.concatenate([part.offset for part in parts]),
        np.concatenate([part.size for part in parts]),
        [name for part in parts for name in part.name],
        [data for part in parts for data in part.data],
        parts[-1].unterminated,
    )
