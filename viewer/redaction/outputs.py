"""Redact a cassette for an output, such as a page or a table, and keep what is needed to check the finished output."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from viewer.redaction.cassette import Redaction, redact_with, rules_for
from viewer.redaction.findings import Finding
from viewer.redaction.rules import Rules
from viewer.redaction.texts import redact_text
from viewer.streams.cassette import Cassette


@dataclass(frozen=True, slots=True, eq=False)
class Outgoing:
    """A cassette as an output shows it."""

    cassette: Cassette
    rules: Rules | None = field(repr=False)
    """The rules by which it was redacted. Their ledger has each secret. None if everything is kept."""

    @property
    def findings(self) -> list[Finding]:
        """What was found in the cassette."""
        return self.rules.ledger.findings() if self.rules else []


def outgoing(cassette: Cassette, options: Redaction | None) -> Outgoing:
    """Return a cassette without its secrets, or as recorded if `options` is None."""
    if options is None:
        return Outgoing(cassette, None)
    rules = rules_for(options)
    return Outgoing(redact_with(rules, cassette), rules)


def text_redactor(options: Redaction) -> Callable[[str], str]:
    """Return a function that redacts texts from outside a recording, such as its file name or why it cannot be opened."""
    # Findings are counted by recording, so no id means a text outside.
    rules = rules_for(replace(options, keep=frozenset(), metrics_only=False))
    return lambda text: redact_text(text, rules, "file name")
