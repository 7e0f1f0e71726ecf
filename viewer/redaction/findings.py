"""Findings: each secret of a recording once, under an id that reveals nothing of it."""

from collections.abc import Collection
from copy import deepcopy
from dataclasses import dataclass, field
from typing import NamedTuple

from viewer.redaction.kinds import KINDS
from viewer.redaction.known_values import KnownValue, KnownValues

_PREVIEW_LENGTH = 3
# Three characters of a shorter secret would reveal too much of it.
_MIN_PREVIEWED_LENGTH = 16
_MAX_LISTED_PLACES = 4
# These recognise a token by its beginning, which reveals no more than the rule does. All others look at what stands around it.
_RULES_WITH_PREVIEW = frozenset(kind.rule for kind in KINDS if kind.shows_its_beginning)


@dataclass(frozen=True, slots=True)
class Finding:
    """One secret in a recording, described without revealing it."""

    id: str
    """The rule and a number, such as "openai-key-1". Stable for the same file."""
    rule: str
    where: str
    """The places that hold it. The first four are named."""
    count: int
    """How often it occurs."""
    preview: str
    """Three characters and "•••" if all secrets of the rule begin with them; "•••" alone for any other and for short ones."""


class FoundSecret(NamedTuple):
    """A finding with the secret itself, for who decides about it. It must not leave."""

    finding: Finding
    value: str
    places: tuple[str, ...]
    """All places that hold it."""


@dataclass(slots=True)
class _Entry:
    id: str
    rule: str
    preview: str
    count: int = 0
    places: dict[str, None] = field(default_factory=dict)


class Ledger:
    """The secrets found so far, and the decision whether to redact each."""

    def __init__(self, keep: Collection[str] = ()) -> None:
        self._keep = frozenset(keep)
        self._entries: dict[tuple[str, str], _Entry] = {}
        self._last_numbers: dict[str, int] = {}
        self.found = 0
        """How many places with secrets were found so far, kept ones included."""

    def copy(self) -> "Ledger":
        """Return a ledger with the same secrets, for outputs that may add further ones."""
        return deepcopy(self)

    def should_redact(
        self, rule: str, value: str, where: str, *, by_name: bool = False, second_pass: bool = False
    ) -> bool:
        """Record a secret and return whether to redact it. A second pass counts only secrets that are new."""
        entry = self._entries.get((rule, value))
        if entry is None:
            number = self._last_numbers[rule] = self._last_numbers.get(rule, 0) + 1
            entry = self._entries[rule, value] = _Entry(
                f"{rule}-{number}", rule, _preview(rule, value, by_name=by_name)
            )
        elif second_pass:
            return entry.id not in self._keep
        entry.count += 1
        entry.places.setdefault(where)
        return entry.id not in self._keep

    def keeps(self, rule: str, value: str) -> bool:
        """Return whether a secret was recorded and the caller asked to keep it."""
        entry = self._entries.get((rule, value))
        return entry is not None and entry.id in self._keep

    def known_values(self) -> KnownValues:
        """Return a search for the secrets to redact. What the caller keeps is not searched, under any rule."""
        kept = [value for (_, value), entry in self._entries.items() if entry.id in self._keep]
        removed = [
            KnownValue(rule, value) for (rule, value), entry in self._entries.items() if entry.id not in self._keep
        ]
        return KnownValues(removed, kept)

    def removed_values(self) -> list[str]:
        """Return the secrets to redact, longest first."""
        values = {value for (_, value), entry in self._entries.items() if entry.id not in self._keep}
        return sorted(values, key=len, reverse=True)

    def findings(self) -> list[Finding]:
        """Return all findings, in the order in which they were recorded."""
        return [secret.finding for secret in self.secrets()]

    def secrets(self) -> list[FoundSecret]:
        """Return all findings with their secrets, in the order in which they were recorded."""
        return [
            FoundSecret(
                Finding(entry.id, entry.rule, _list_places(list(entry.places)), entry.count, entry.preview),
                value,
                tuple(entry.places),
            )
            for (_, value), entry in self._entries.items()
        ]


def _preview(rule: str, value: str, *, by_name: bool) -> str:
    if by_name or rule not in _RULES_WITH_PREVIEW or len(value) < _MIN_PREVIEWED_LENGTH:
        return "•••"
    return f"{value[:_PREVIEW_LENGTH]}•••"


def _list_places(places: list[str]) -> str:
    listed = ", ".join(places[:_MAX_LISTED_PLACES])
    more = len(places) - _MAX_LISTED_PLACES
    return f"{listed} and {more} more" if more > 0 else listed
