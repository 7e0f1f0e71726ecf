"""Redact a cassette for an output, such as a table or a transcript, and check the output once it is finished."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from viewer.redaction.cassette import Redacted, Redaction, redact_to_share, redact_with, rules_for
from viewer.redaction.findings import Ledger
from viewer.redaction.known_values import KnownValues
from viewer.redaction.texts import redact_text
from viewer.redaction.verification import check_lanes, check_output
from viewer.streams.cassette import Cassette


@dataclass(frozen=True, slots=True, eq=False)
class Outgoing:
    """A cassette as an output shows it."""

    cassette: Cassette
    removed: KnownValues | None = field(repr=False)
    """What was removed; None if everything is kept."""

    def check(self, output: str | bytes, *, fixed: str = "") -> None:
        """Raise `CassetteError` if a finished output holds a value that was removed. `fixed` is as in `check_output`."""
        if self.removed is not None:
            check_output(output, self.removed, self.cassette.name, fixed=fixed)


def outgoing(cassette: Cassette, options: Redaction | None) -> Outgoing:
    """Return a cassette without its secrets, or as recorded if `options` is None.

    Raises:
        CassetteError: its chunks still hold a value that was removed.
    """
    if options is None:
        return Outgoing(cassette, None)
    return outgoing_of(redact_to_share(cassette, options))


def outgoing_together(cassettes: Iterable[Cassette], options: Redaction | None) -> list[Outgoing]:
    """Return cassettes as `outgoing` does, each by itself. What they share, such as equal requests, is searched once."""
    if options is None:
        return [Outgoing(cassette, None) for cassette in cassettes]
    rules = rules_for(options)
    redacted = []
    for cassette in cassettes:
        own = replace(rules, ledger=Ledger(options.keep))
        redacted.append(outgoing_of(Redacted(cassette, redact_with(own, cassette), own)))
    return redacted


def outgoing_of(redacted: Redacted) -> Outgoing:
    """Return a redacted cassette as an output shows it. Raise `CassetteError` as `outgoing` does."""
    check_lanes(redacted.cassette, redacted.removed)
    return Outgoing(redacted.cassette, redacted.removed)


def text_redactor(options: Redaction) -> Callable[[str], str]:
    """Return a function that redacts texts from outside a recording, such as its file name or why it cannot be opened."""
    # Findings are counted by recording, so no id means a text outside.
    rules = rules_for(replace(options, keep=frozenset(), metrics_only=False))
    return lambda text: redact_text(text, rules, "file name")
