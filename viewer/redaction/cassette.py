"""Redact a cassette: the same interactions, chunks and times, with marks in place of secrets.

Headers, URL parameters and keys of JSON bodies are recognised by their names. Tokens of known services are recognised by how
they begin, in every text and in what the events of a stream hold together, whether plain, escaped or packed as base64. A
secret that neither recognises stays: a password written as ordinary words is not found.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from viewer.redaction.finder import SecretFinder
from viewer.redaction.findings import Finding, Ledger
from viewer.redaction.interactions import redact_interaction
from viewer.redaction.marks import mark_text
from viewer.redaction.patterns import EMAILS, PATTERNS, PERSONAL_PATHS, SecretPattern
from viewer.redaction.rules import Rules
from viewer.redaction.streams import redact_stream
from viewer.redaction.texts import redact_text
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream
from viewer.text.masks import MASK
from viewer.types.problems import Problem

PROBLEMS_PLACE = "problem messages"
_QUOTED = re.compile(r"(['\"`]).*\1", re.DOTALL)
# A shorter value may also be part of an ordinary word of the message.
_MIN_QUOTED_LENGTH = 6


@dataclass(frozen=True, slots=True)
class Redaction:
    """What to redact besides secrets, and what to keep."""

    personal_paths: bool = False
    """Whether to redact the names of people in paths: /home/NAME, /Users/NAME, C:\\Users\\NAME."""
    emails: bool = False
    """Whether to redact e-mail addresses."""
    identities: bool = False
    """Whether to redact ids of requests, organizations and accounts in headers."""
    metrics_only: bool = False
    """Whether to redact all text. Sizes, times and tokens stay, and what is needed to read them."""
    keep: frozenset[str] = frozenset()
    """Ids of findings to keep. Unknown ids are ignored."""
    extra_patterns: tuple[SecretPattern, ...] = field(default=())
    """Your own kinds of secrets, such as keys of an in-house service."""


def redact(cassette: Cassette, options: Redaction = Redaction()) -> tuple[Cassette, list[Finding]]:
    """Return a cassette without its secrets, and what was found.

    Times, tokens, kinds, offsets and sizes of the chunks stay as recorded, and so do all figures. Each redacted character of a
    body becomes a mark of three bytes, so a body may get longer than it was.
    """
    rules = rules_for(options)
    return redact_with(rules, cassette), rules.ledger.findings()


def find_secrets(cassette: Cassette, options: Redaction = Redaction()) -> list[Finding]:
    """Return what `redact` would find, as a preview."""
    return redact(cassette, replace(options, metrics_only=False))[1]


def rules_for(options: Redaction) -> Rules:
    """Return the rules for some options, with an empty ledger."""
    patterns = [*options.extra_patterns, *PATTERNS]
    if options.personal_paths:
        patterns.append(PERSONAL_PATHS)
    if options.emails:
        patterns.append(EMAILS)
    return Rules(SecretFinder(patterns), Ledger(options.keep), everything=options.metrics_only)


def redact_with(rules: Rules, cassette: Cassette) -> Cassette:
    """Redact a cassette by rules whose ledger records what is found."""
    secrets_only = rules.secrets_only()
    interactions = [redact_interaction(one, index, rules) for index, one in enumerate(cassette.interactions)]
    streams: list[Stream] = []
    for stream in cassette.streams:
        index = stream.interaction
        before = cassette.interactions[index]
        interactions[index], redacted = redact_stream(
            stream, before, interactions[index], rules, f"response {index} body", think_tags=cassette.think_tags
        )
        streams.append(redacted)
    redact_problem = _problem_redactor(rules)
    return replace(
        cassette,
        name=redact_text(cassette.name, secrets_only, "file name"),
        format_version=redact_text(cassette.format_version, secrets_only, "format version"),
        interactions=interactions,
        streams=[replace(stream, problems=list(map(redact_problem, stream.problems))) for stream in streams],
        problems=list(map(redact_problem, cassette.problems)),
    )


def _problem_redactor(rules: Rules) -> Callable[[Problem], Problem]:
    def redact_problem(problem: Problem) -> Problem:
        return replace(
            problem,
            message=_redact_message(problem.message, rules),
            file=redact_text(problem.file, rules.secrets_only(), "file name"),
        )

    return redact_problem


def _redact_message(message: str, rules: Rules) -> str:
    """Redact the secrets that a problem message quotes. If `rules.everything`, redact all that it quotes."""
    if rules.everything:
        return _QUOTED.sub(MASK, message.partition(": ")[0])
    for value in rules.ledger.removed_values():
        if len(value) >= _MIN_QUOTED_LENGTH and value in message:
            message = message.replace(value, mark_text(value))
    return redact_text(message, rules, PROBLEMS_PLACE, second_pass=True)
