"""What a client reads from one response, in the same words for every SDK."""

from dataclasses import dataclass, field
from typing import Any


class ProviderError(Exception):
    """The SDK raised the error that the provider sent, as it does for its callers."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What an official SDK gave to its caller, of choice 0."""

    content: str = ""
    reasoning: str = ""
    calls: list[tuple[str, Any]] = field(default_factory=list)
    """Name and arguments of each call: a text as it came, or an object if the SDK parses it."""
    finish_reason: str | None = None
    usage: dict[str, Any] = field(default_factory=dict)
    """The provider's own object."""
