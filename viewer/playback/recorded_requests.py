"""What is kept of a recorded request to find it: hashes of its items instead of their texts, which may take megabytes each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

from viewer.playback.hashes import hash_of
from viewer.playback.likeness import outline
from viewer.playback.meaning import Item, Meaning
from viewer.playback.placeholders import MARKS, holds_placeholder, may_hold_placeholders
from viewer.text.json import parse


class ItemKey(NamedTuple):
    """What tells quickly whether two items may be alike."""

    digest: bytes
    outline: bytes
    """The hash of what is left without dates, ids and spaces."""
    has_placeholder: bool

    def may_be_like(self, asked: "ItemKey") -> bool:
        """Tell whether the item of a request may be like this recorded one."""
        return self.digest == asked.digest or (
            self.outline == asked.outline or self.has_placeholder or asked.has_placeholder
        )


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """A recorded request as the index keeps it. The repr shows no secrets."""

    place: int
    """Its index among the recorded requests."""
    method: str
    path: tuple[str, ...] | None
    """None if the recording does not say what was asked."""
    has_body: bool
    is_to_model: bool
    shape: tuple[tuple[str, ...], ...]
    """The names of all items, by section."""
    items: tuple[ItemKey, ...]
    """Of all sections, one after another."""
    settings: dict[str, bytes] = field(repr=False)
    ids: frozenset[str] = field(repr=False)

    @property
    def outlines(self) -> tuple[bytes, ...]:
        """The outlines of all items."""
        return tuple(item.outline for item in self.items)

    @property
    def has_placeholder(self) -> bool:
        """Whether any item has one."""
        return any(item.has_placeholder for item in self.items)

    @property
    def answers_any_body(self) -> bool:
        """Whether the recorder left out a body that a request of this kind has."""
        return not self.has_body and (self.path is None or self.method not in ("GET", "HEAD", "OPTIONS", "DELETE"))

    def sections(self) -> Iterator[tuple[ItemKey, ...]]:
        """Yield the items by section, in the order of `Meaning.sections`."""
        for begin, end in pairwise(accumulate(map(len, self.shape), initial=0)):
            yield self.items[begin:end]

    def may_be_like(self, asked: Sequence[ItemKey]) -> bool:
        """Tell whether a request with items of the same names may be like this one."""
        return all(one.may_be_like(other) for one, other in zip(self.items, asked, strict=True))

    def in_common(self, asked: Sequence[ItemKey]) -> int:
        """Return how many items are equal to those of a request with items of the same names."""
        return sum(one.digest == other.digest for one, other in zip(self.items, asked, strict=True))


def recorded_request(place: int, meaning: Meaning, *, has_target: bool) -> RecordedRequest:
    """Return what is kept of a recorded request."""
    return RecordedRequest(
        place,
        meaning.method,
        meaning.path if has_target else None,
        meaning.has_body,
        meaning.is_to_model,
        meaning.shape,
        tuple(ItemKey(one.digest, hash_of(outline(one.text)), _holds_placeholder(one)) for one in meaning.items()),
        meaning.settings,
        meaning.ids,
    )


def asked_keys(meaning: Meaning) -> tuple[ItemKey, ...]:
    """Return the keys of what a client asks. Of placeholders it repeats only the marks that it was served in place of secrets."""
    return tuple(ItemKey(one.digest, hash_of(outline(one.text)), MARKS in one.text) for one in meaning.items())


def _holds_placeholder(item: Item) -> bool:
    return may_hold_placeholders(item.text) and _any_text(parse(item.text))


def _any_text(value: Any) -> bool:
    """Tell whether a text in a JSON value is a placeholder or holds one."""
    if isinstance(value, dict):
        return any(map(_any_text, value.values()))
    if isinstance(value, list):
        return any(map(_any_text, value))
    return isinstance(value, str) and holds_placeholder(value)
