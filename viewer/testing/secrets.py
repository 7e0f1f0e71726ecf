"""Keep secrets out of what a test run says: those of the cassettes, and those of the requests that the test sent."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from viewer.redaction.cassette import Redaction, redact_with, rules_for
from viewer.redaction.known_values import KnownValues
from viewer.redaction.rules import Rules
from viewer.redaction.texts import redact_text
from viewer.redaction.verification import check_output
from viewer.streams.cassette import Cassette
from viewer.types.http import Interaction, Request, Response


def _rules() -> Rules:
    return rules_for(Redaction())


def _of_requests(requests: Iterable[Request]) -> Cassette:
    return Cassette("requests", "", "", [Interaction(request, Response()) for request in requests], [], [])


@dataclass(slots=True, eq=False)
class Secrets:
    """What is known of the secrets of one test. A value that was recognised once is removed from everything written later."""

    _rules: Rules = field(default_factory=_rules)

    def learn(self, requests: Iterable[Request]) -> None:
        """Find the secrets of requests, such as the key in a header, which may stand elsewhere without its name."""
        redact_with(self._rules, _of_requests(requests))

    def redacted_request(self, request: Request) -> Request:
        """Return a request without its secrets."""
        return self.redacted(_of_requests([request])).interactions[0].request

    def redacted(self, cassette: Cassette) -> Cassette:
        """Return a cassette without its secrets."""
        return redact_with(self._rules, cassette)

    def redact(self, text: str) -> str:
        """Return a text without secrets, character for character."""
        finder = self._rules.finder.also(self._removed.find)
        return redact_text(text, replace(self._rules, finder=finder), "test", second_pass=True)

    def check(self, text: str) -> None:
        """Raise `CassetteError` if a finished text holds a value that was removed."""
        check_output(text, self._removed, "the report of the test")

    @property
    def _removed(self) -> KnownValues:
        return self._rules.ledger.known_values()
