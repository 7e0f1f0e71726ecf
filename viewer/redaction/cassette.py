"""A cassette without its secrets: the same interactions, chunks and times, and marks where a secret stood.

Structure tells first: headers, URL parameters and keys of JSON bodies by their names. Then tokens of known services are told
by how they begin, in every text and in what the events of a stream say together, plainly or behind escapes and base64. What
neither tells stays: a secret in plain words is found by nobody.
"""

import re
from dataclasses import dataclass, field, replace

from viewer.files.content_encoding import GZIP, inflate
from viewer.redaction.bodies import redact_body
from viewer.redaction.finder import SecretFinder, SecretSpan
from viewer.redaction.findings import Finding, Ledger
from viewer.redaction.names import header_rule, is_placeholder
from viewer.redaction.patterns import EMAILS, PATTERNS, PERSONAL_PATHS, SecretPattern
from viewer.redaction.streams import redact_stream
from viewer.redaction.texts import Rules, all_marks, marks, redact_text
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream
from viewer.text.masks import MASK, secret_parts
from viewer.types.http import Headers, Interaction, Request, Response
from viewer.types.problems import Problem

__all__ = ["Finding", "Redaction", "SecretPattern", "find_secrets", "redact"]

# What says how a response came and not what was said.
_METRIC_HEADERS = frozenset(
    {"content-type", "content-length", "content-encoding", "transfer-encoding", "date", "retry-after"}
)
_QUANTITY = re.compile(r"[0-9.,:;=%/ ]*(?:ms|s|m|h)?[0-9.]*s?")
_FORM = re.compile(r"[\w.%+\[\]-]+=[^&\s]*(?:&[\w.%+\[\]-]+=[^&\s]*)*")
_VALUE = re.compile(r"(?<==)[^&#]+")
_QUOTED = re.compile(r"(['\"`]).*\1", re.DOTALL)
_SHORTEST_QUOTED = 6


@dataclass(frozen=True, slots=True)
class Redaction:
    """Say what goes beside the secrets, and what stays."""

    personal_paths: bool = False
    """Whether the names of people in paths go too: /home/NAME, /Users/NAME, C:\\Users\\NAME."""
    emails: bool = False
    metrics_only: bool = False
    """Whether all texts go, and only sizes, times, tokens and what is needed to read them stay."""
    keep: frozenset[str] = frozenset()
    """Identities of findings that stay; those that are not there are passed over."""
    extra_patterns: tuple[SecretPattern, ...] = field(default=())
    """Secrets of the caller's own, such as keys of a service in the house."""


def redact(cassette: Cassette, options: Redaction = Redaction()) -> tuple[Cassette, list[Finding]]:
    """Return a cassette without its secrets, and what they were.

    Times, tokens, kinds, places and sizes of the chunks stay as recorded, and so do all figures; a struck character is a mark
    of three bytes in the bodies, so that these may be longer than what was received.
    """
    rules = rules_of(options)
    return redact_by(cassette, rules), rules.ledger.findings()


def find_secrets(cassette: Cassette, options: Redaction = Redaction()) -> list[Finding]:
    """Return what of a cassette would go, for a preview."""
    return redact(cassette, replace(options, metrics_only=False))[1]


def rules_of(options: Redaction) -> Rules:
    """Return the rules that options stand for, with an empty account."""
    patterns = [*options.extra_patterns, *PATTERNS]
    if options.personal_paths:
        patterns.append(PERSONAL_PATHS)
    if options.emails:
        patterns.append(EMAILS)
    return Rules(SecretFinder(patterns), Ledger(options.keep), everything=options.metrics_only)


def redact_by(cassette: Cassette, rules: Rules) -> Cassette:
    """Return a cassette without what the rules strike; their account is kept."""
    told = rules.secrets_only()
    interactions = [_interaction(one, index, rules) for index, one in enumerate(cassette.interactions)]
    streams: list[Stream] = []
    for stream in cassette.streams:
        index = stream.interaction
        before = cassette.interactions[index]
        interactions[index], struck = redact_stream(
            stream, before, interactions[index], rules, f"response {index} body"
        )
        streams.append(struck)

    def said(problem: Problem) -> Problem:
        return replace(problem, message=_message(problem.message, rules), file=redact_text(problem.file, told, "name"))

    return replace(
        cassette,
        name=redact_text(cassette.name, told, "name"),
        format_version=redact_text(cassette.format_version, told, "version"),
        interactions=interactions,
        streams=[replace(stream, problems=list(map(said, stream.problems))) for stream in streams],
        problems=list(map(said, cassette.problems)),
    )


def _message(message: str, rules: Rules) -> str:
    """Return what is said of a recording without the secrets that it quotes, or without all that it quotes."""
    if rules.everything:
        return _QUOTED.sub(MASK, message.partition(": ")[0])
    for value in rules.ledger.removed_values():
        if len(value) >= _SHORTEST_QUOTED and value in message:
            message = message.replace(value, marks(value))
    return redact_text(message, rules, "problems", again=True)


def _interaction(interaction: Interaction, index: int, rules: Rules) -> Interaction:
    request, response = interaction.request, interaction.response
    asked = redact_url(request.url, rules, f"request {index} URL")
    request_body = _request_body(request, index, rules)
    response_body = redact_body(response.content_type, response.body, rules, f"response {index} body")
    return replace(
        interaction,
        request=Request(
            method=redact_text(request.method, rules.secrets_only(), f"request {index} method"),
            url=asked,
            headers=_headers(request.headers, rules, f"request {index} header", len(request.body), len(request_body)),
            body=request_body,
        ),
        response=Response(
            status=response.status,
            reason=redact_text(response.reason, rules, f"response {index} reason"),
            headers=_headers(
                response.headers, rules, f"response {index} header", len(response.body), len(response_body)
            ),
            body=response_body,
        ),
    )


def _request_body(request: Request, index: int, rules: Rules) -> bytes:
    where = f"request {index} body"
    body = request.body
    if rules.everything:
        # Nothing is read from it: names that the caller gave to tools and their parameters go too.
        return all_marks(body.decode("utf-8", "replace")).encode()
    if body.startswith(GZIP):
        body = inflate(body)[0]
    text = body.decode("utf-8", "surrogateescape")
    if _FORM.fullmatch(text):
        body = redact_url(f"?{text}", rules, where)[1:].encode("utf-8", "surrogateescape")
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    struck = redact_body(media_type, body, rules, where)
    # What was compressed stays so where nothing of it goes.
    return request.body if struck == body and request.body.startswith(GZIP) else struck


def _headers(headers: Headers, rules: Rules, where: str, old_bytes: int, new_bytes: int) -> Headers:
    pairs = []
    for name, value in headers.items():
        if name.lower() == "content-length" and value == str(old_bytes):
            pairs.append((name, str(new_bytes)))
        else:
            pairs.append((redact_text(name, rules.secrets_only(), where), redact_header(name, value, rules, where)))
    return Headers(pairs)


def redact_header(name: str, value: str, rules: Rules, where: str) -> str:
    """Return the value of a header without its secrets; that of one that carries secrets goes whole."""
    where = f"{where} {name.lower()}"
    rule = header_rule(name, value)
    if rule:
        return MASK if rules.should_redact(SecretSpan(0, len(value), rule, value), where) else value
    if "://" in value and " " not in value.strip():
        value = redact_url(value, rules.secrets_only(), where)
    value = redact_text(value, rules.secrets_only(), where)
    if rules.everything and not _is_metric(name.lower(), value):
        return MASK
    return value


def _is_metric(name: str, value: str) -> bool:
    return name in _METRIC_HEADERS or _QUANTITY.fullmatch(value) is not None


def redact_url(url: str, rules: Rules, where: str) -> str:
    """Return a URL without its secrets; where all texts go, of its query only the names stay."""
    for begin, end in reversed(secret_parts(url)):
        value = url[begin:end]
        if (
            value
            and not is_placeholder(value)
            and rules.should_redact(SecretSpan(begin, end, "url-secret", value), where)
        ):
            url = url[:begin] + MASK + url[end:]
    url = redact_text(url, rules.secrets_only(), where)
    path, mark, query = url.partition("?")
    return path + mark + _VALUE.sub(MASK, query) if rules.everything else url
