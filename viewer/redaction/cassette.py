"""Redact a cassette: the same interactions, chunks and times, with marks in place of secrets.

A secret is recognised by its name (a header, a URL parameter, a key, an assignment in a text) or by its form (the tokens of known
services). What was recognised once is then removed everywhere. A secret that neither name nor form gives away stays: a password
in a sentence of ordinary words is not found.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from viewer.redaction.finder import SecretFinder
from viewer.redaction.findings import Finding, Ledger
from viewer.redaction.form_fields import find_form_fields
from viewer.redaction.interactions import redact_interaction
from viewer.redaction.json_keys.in_text import find_named_in_text
from viewer.redaction.known_values import KnownValues
from viewer.redaction.literals import MIN_LENGTH, Literals
from viewer.redaction.marks import mark_cuts
from viewer.redaction.names import IDENTITY_RULE
from viewer.redaction.patterns import EMAILS, PATTERNS, PERSONAL_PATHS, SecretPattern
from viewer.redaction.rules import Rules
from viewer.redaction.spans import SecretSpan, cuts_by_text
from viewer.redaction.streams import redact_stream
from viewer.redaction.texts import redact_text
from viewer.redaction.told.values import find_told_values
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream
from viewer.text.masks import MASK
from viewer.types.problems import Problem
from viewer.types.sessions import Session

PROBLEMS_PLACE = "problem messages"
_QUOTED = re.compile(r"(['\"`]).*\1", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Redaction:
    """What to redact besides secrets, and what to keep."""

    personal_paths: bool = False
    """Whether to redact the names of people in paths: /home/NAME, /Users/NAME, C:\\Users\\NAME."""
    emails: bool = False
    """Whether to redact e-mail addresses."""
    metrics_only: bool = False
    """Whether to redact all text. Sizes, times and tokens stay, and what is needed to read them."""
    keep: frozenset[str] = frozenset()
    """Ids of findings to keep. Unknown ids are ignored."""
    extra_patterns: tuple[SecretPattern, ...] = field(default=())
    """Your own kinds of secrets, such as keys of an in-house service."""
    identities: bool = False
    """Whether to redact ids of requests, organizations and accounts in headers."""


@dataclass(frozen=True, slots=True)
class Redacted:
    """A cassette without its secrets, and the rules that know what was removed."""

    original: Cassette
    cassette: Cassette
    rules: Rules

    @property
    def findings(self) -> list[Finding]:
        """What was found, kept or not."""
        return self.rules.ledger.findings()

    def apart(self) -> "Redacted":
        """Return the same with a ledger of its own. Rewriting a file adds what only the file gives away."""
        return replace(self, rules=replace(self.rules, ledger=self.rules.ledger.copy()))

    @property
    def removed(self) -> KnownValues:
        """What was removed. No output may hold it: `viewer.redaction.verification.check_output`."""
        return self.rules.ledger.known_values()


def redact(cassette: Cassette, options: Redaction = Redaction()) -> tuple[Cassette, list[Finding]]:
    """Return a cassette without its secrets, and what was found.

    Times, tokens, kinds, offsets and sizes of the chunks stay as recorded, and so do all figures. Each redacted character of a
    body becomes a mark of three bytes, so a body may get longer than it was.
    """
    redacted = redact_to_share(cassette, options)
    return redacted.cassette, redacted.findings


def redact_to_share(cassette: Cassette, options: Redaction = Redaction()) -> Redacted:
    """Return a cassette without its secrets, with all that is needed to write and check its outputs."""
    rules = rules_for(options)
    return Redacted(cassette, redact_with(rules, cassette), rules)


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
    find_named = find_named_in_text if options.identities else _find_secrets_by_name
    return Rules(
        SecretFinder(patterns, (find_named, find_told_values, find_form_fields)),
        Ledger(options.keep),
        everything=options.metrics_only,
        identities=options.identities,
    )


def _find_secrets_by_name(text: str) -> Iterator[SecretSpan]:
    # Not only ignored when found: the id of a request may hold a token, which is found by itself then.
    return (span for span in find_named_in_text(text) if span.rule != IDENTITY_RULE)


def redact_with(rules: Rules, cassette: Cassette) -> Cassette:
    """Redact a cassette by rules whose ledger records what is found.

    A value that a name or a form gives away in one place may stand in another place without them. So what was removed is
    searched everywhere in a second round.
    """
    return _remove_known(rules, _redact_once(rules, cassette), cassette.problems)


def remove_known(redacted: Redacted) -> Redacted:
    """Remove what became known after a cassette was redacted, such as a value that only another part of its file gives away."""
    problems = redacted.original.problems
    return replace(redacted, cassette=_remove_known(redacted.rules, redacted.cassette, problems))


def _remove_known(rules: Rules, redacted: Cassette, problems: Sequence[Problem]) -> Cassette:
    """Remove the values in the ledger from a redacted cassette, and redact its problems as recorded."""
    known = rules.ledger.known_values()
    if known and not rules.everything:
        known_finder = SecretFinder((), known=(known.find,))
        known_finder.search_clean(rules.finder.clean)
        again = replace(rules, finder=known_finder, is_repeated=True)
        redacted = _redact_once(again, redacted)
        rules = replace(rules, finder=rules.finder.also(known.find))
    redact_problem = _problem_redactor(rules)
    return replace(
        redacted,
        streams=[replace(stream, problems=list(map(redact_problem, stream.problems))) for stream in redacted.streams],
        problems=list(map(redact_problem, problems)),
    )


def _redact_once(rules: Rules, cassette: Cassette) -> Cassette:
    """Redact all of a cassette but the messages of its problems."""
    interactions = [redact_interaction(one, index, rules) for index, one in enumerate(cassette.interactions)]
    streams: list[Stream] = []
    for stream in cassette.streams:
        index = stream.interaction
        before = cassette.interactions[index]
        interactions[index], redacted = redact_stream(
            stream, before, interactions[index], rules, f"response {index} body", think_tags=cassette.think_tags
        )
        streams.append(redacted)
    secrets_only = rules.secrets_only()
    return replace(
        cassette,
        name=redact_text(cassette.name, secrets_only, "file name"),
        format_version=redact_text(cassette.format_version, secrets_only, "format version"),
        interactions=interactions,
        streams=streams,
        session=_redact_session(cassette.session, secrets_only),
    )


def _redact_session(session: Session | None, rules: Rules) -> Session | None:
    """Redact the names and ids of a session, its agents and its tool calls. Nothing else in it is a text of the recording.

    An id is redacted as in the interactions, so what it ties together stays tied.
    """
    if session is None:
        return None

    def redacted(text: str) -> str:
        return redact_text(text, rules, "session") if text else text

    return replace(
        session,
        program=redacted(session.program),
        id=redacted(session.id),
        agents=tuple(
            replace(one, id=redacted(one.id), name=redacted(one.name), started_by=redacted(one.started_by))
            for one in session.agents
        ),
        tool_runs=tuple(replace(one, call_id=redacted(one.call_id)) for one in session.tool_runs),
    )


def _problem_redactor(rules: Rules) -> Callable[[Problem], Problem]:
    """Return a function that redacts what the message of a problem quotes of the recording."""
    # Shorter values may be part of an ordinary word of the message.
    removed = Literals(value for value in rules.ledger.removed_values() if len(value) >= MIN_LENGTH)

    def redact_message(message: str) -> str:
        if rules.everything:
            return _QUOTED.sub(MASK, message.partition(": ")[0])
        quoted = [SecretSpan(begin, begin + len(value), "", value) for begin, value in removed.find(message)]
        # Two values may overlap.
        message = mark_cuts(message, cuts_by_text([message], quoted).get(0, []))
        return redact_text(message, rules, PROBLEMS_PLACE, second_pass=True)

    def redact_problem(problem: Problem) -> Problem:
        return replace(
            problem,
            message=redact_message(problem.message),
            file=redact_text(problem.file, rules.secrets_only(), "file name"),
        )

    return redact_problem
