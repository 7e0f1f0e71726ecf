"""The account of what was found: each secret once, whatever it stands in, under a name that does not tell it."""

from collections.abc import Collection
from dataclasses import dataclass, field

_SHOWN = 3
_SHORTEST_SHOWN = 16
_MOST_PLACES = 4
# Rules that go by the beginning of a token: three characters of it say no more than the rule does.
_TELL_NOTHING = frozenset({"email", "personal-path", "url-credentials", "basic-credentials"})


@dataclass(frozen=True, slots=True)
class Finding:
    """State one secret that a recording holds, without saying it."""

    id: str
    """Its rule and its number among those of the rule, such as "openai-key-1": the same for the same file."""
    rule: str
    where: str
    """The places it stands in, the first four named."""
    count: int
    """How often it stands there."""
    preview: str
    """Three characters at most, and none of a secret that is short or told by its name alone."""


@dataclass(slots=True)
class _Entry:
    id: str
    rule: str
    preview: str
    count: int = 0
    places: dict[str, None] = field(default_factory=dict)


class Ledger:
    """Take down secrets as they are found, and say of each whether it must go."""

    def __init__(self, keep: Collection[str] = ()) -> None:
        self._keep = frozenset(keep)
        self._entries: dict[tuple[str, str], _Entry] = {}
        self._numbers: dict[str, int] = {}

    def should_redact(self, rule: str, value: str, where: str, *, by_name: bool = False, again: bool = False) -> bool:
        """Take down one secret and return whether it must be struck; `again` counts only what was not known before."""
        entry = self._entries.get((rule, value))
        if entry is None:
            number = self._numbers[rule] = self._numbers.get(rule, 0) + 1
            told = not by_name and rule not in _TELL_NOTHING and len(value) >= _SHORTEST_SHOWN
            preview = f"{value[:_SHOWN]}•••" if told else "•••"
            entry = self._entries[rule, value] = _Entry(f"{rule}-{number}", rule, preview)
        elif again:
            return entry.id not in self._keep
        entry.count += 1
        entry.places.setdefault(where)
        return entry.id not in self._keep

    def keeps(self, rule: str, value: str) -> bool:
        """Tell whether a secret is known and stays by the caller's wish."""
        entry = self._entries.get((rule, value))
        return entry is not None and entry.id in self._keep

    def removed_values(self) -> list[str]:
        """Return the secrets that go, the longest first."""
        values = {value for (_, value), entry in self._entries.items() if entry.id not in self._keep}
        return sorted(values, key=len, reverse=True)

    def findings(self) -> list[Finding]:
        """Return what was found, in the order in which it was."""
        return [
            Finding(entry.id, entry.rule, _places(list(entry.places)), entry.count, entry.preview)
            for entry in self._entries.values()
        ]


def _places(places: list[str]) -> str:
    shown = ", ".join(places[:_MOST_PLACES])
    return f"{shown} and {len(places) - _MOST_PLACES} more" if len(places) > _MOST_PLACES else shown
