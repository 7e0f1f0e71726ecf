"""The rules of one redaction: what counts as a secret, and the ledger that records what was found."""

from dataclasses import dataclass, replace

from viewer.redaction.finder import SecretFinder
from viewer.redaction.findings import Ledger
from viewer.redaction.names import IDENTITY_RULE
from viewer.redaction.spans import SecretSpan

# These recognise a secret by its name. Unlike the beginning of a token, its first characters must not be shown.
_RULES_BY_NAME = frozenset({"json-key", "header-secret", IDENTITY_RULE, "url-secret", "told-value", "form-field"})


@dataclass(frozen=True, slots=True)
class Rules:
    """What to redact, with the ledger that records each secret."""

    finder: SecretFinder
    ledger: Ledger
    everything: bool = False
    """Whether all recorded text is redacted, secret or not."""
    second_pass: bool = False
    """Whether the texts were searched before, in another form. Only secrets that are new to the ledger are counted then."""
    is_repeated: bool = False
    """Whether the same texts were searched before. Secrets that the caller keeps are not counted again."""
    identities: bool = False
    """Whether ids of requests, organizations and accounts are redacted."""

    def concerns(self, rule: str | None) -> bool:
        """Return whether a rule is one of those that were asked for."""
        return rule is not None and (self.identities or rule != IDENTITY_RULE)

    def should_redact(self, span: SecretSpan, where: str, *, second_pass: bool = False) -> bool:
        """Record a secret and return whether to redact it."""
        self.ledger.found += 1
        if self.is_repeated and self.ledger.keeps(span.rule, span.value):
            return False
        return self.ledger.should_redact(
            span.rule,
            span.value,
            where,
            by_name=span.rule in _RULES_BY_NAME,
            second_pass=second_pass or self.second_pass,
        )

    def secrets_only(self) -> "Rules":
        """Return rules that redact secrets and leave all other text."""
        return replace(self, everything=False)
