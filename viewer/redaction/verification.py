"""Verify a rewritten file: it must open as the redacted cassette and hold no secrets."""

from dataclasses import replace

from viewer.redaction.cassette import PROBLEMS_PLACE, Redaction, redact_with, rules_for
from viewer.redaction.findings import Ledger
from viewer.redaction.rewriting import GO_VCR_ADVICE
from viewer.redaction.rules import Rules
from viewer.streams.cassette import Cassette
from viewer.streams.loading import load
from viewer.text.words import counted
from viewer.types.problems import CassetteError


def verify(written: bytes, name: str, redacted: Cassette, rules: Rules, options: Redaction) -> None:
    """Raise `CassetteError` unless a rewritten file holds what the redacted cassette holds, and no secrets.

    Args:
        written: the content of the rewritten file.
        name: its name, for messages.
        redacted: the cassette that it must open as.
        rules: the rules by which that was redacted, whose ledger knows what the caller keeps.
        options: the caller's options.
    """
    try:
        reopened = load(written, name, think_tags=redacted.think_tags)
    except CassetteError as error:
        raise CassetteError(name, "it could not be opened after being rewritten in place.", GO_VCR_ADVICE) from error
    if _content(reopened) != _content(redacted):
        raise CassetteError(name, f"this {redacted.format} recording cannot be rewritten in place.", GO_VCR_ADVICE)
    finder = LeftoverFinder(rules.ledger)
    redact_with(replace(rules_for(replace(options, keep=frozenset())), ledger=finder), reopened)
    if finder.places:
        left = counted(len(finder.places), "secret")
        raise CassetteError(name, f"{left} cannot be removed in place.", GO_VCR_ADVICE)


def _content(cassette: Cassette) -> list[object]:
    streams = [
        (stream.interaction, stream.protocol, stream.chunks["kind"].tolist(), stream.chunks["text"].tolist())
        for stream in cassette.streams
    ]
    return [cassette.format, len(cassette.interactions), *streams]


class LeftoverFinder(Ledger):
    """Records the secrets left in a redacted file, except those that the caller keeps."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__()
        self._ledger = ledger
        self.places: list[str] = []
        """Where each of them was found."""

    def should_redact(
        self, rule: str, value: str, where: str, *, by_name: bool = False, second_pass: bool = False
    ) -> bool:
        """Record one secret unless the caller keeps it."""
        if self._ledger.keeps(rule, value):
            return False
        # Problem messages are not part of the file. They only quote it.
        if where == PROBLEMS_PLACE:
            return False
        self.places.append(where)
        return super().should_redact(rule, value, where, by_name=by_name, second_pass=second_pass)
