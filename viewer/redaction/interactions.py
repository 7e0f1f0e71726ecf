"""Redact interactions: URLs, headers and bodies of requests and responses."""

import re
from dataclasses import replace
from urllib.parse import unquote

from viewer.cassettes.wire_form import JSON_LINES
from viewer.files.content_encoding import decode_body
from viewer.redaction.bodies import redact_body, redact_plain
from viewer.redaction.finder import NO_SEARCH
from viewer.redaction.marks import mark_visible
from viewer.redaction.names import header_rule, is_placeholder
from viewer.redaction.rules import Rules
from viewer.redaction.spans import SecretSpan
from viewer.redaction.texts import redact_text
from viewer.text.masks import MASK, mask_parts, secret_parts
from viewer.types.http import Headers, Interaction, Request, Response

# These describe how a response was sent, not what it says.
_METRIC_HEADERS = frozenset(
    {"content-type", "content-length", "content-encoding", "transfer-encoding", "date", "retry-after"}
)
_QUANTITY = re.compile(r"[0-9.,:;=%/ ]*(?:ms|s|m|h)?[0-9.]*s?")
# A URL or a path with parameters, and nothing else: `request_uri` of go-vcr, `path` of nock, a `location`.
_URL = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]{0,20}:)?/[^\s\"<>{}]*[?;@#][^\s\"<>]*")
_QUERY_VALUE = re.compile(r"(?<==)[^&#]+")


def redact_interaction(interaction: Interaction, index: int, rules: Rules) -> Interaction:
    """Redact one interaction. `index` is its index in the cassette, which findings name."""
    request, response = interaction.request, interaction.response
    url = redact_url(request.url, rules, f"request {index} URL")
    request_body = _redact_request_body(request, index, rules)
    response_body = redact_body(response.content_type, response.body, rules, f"response {index} body")
    return replace(
        interaction,
        request=Request(
            method=redact_text(request.method, rules.secrets_only(), f"request {index} method"),
            url=url,
            headers=_redact_headers(
                request.headers, rules, f"request {index} header", len(request.body), len(request_body)
            ),
            body=request_body,
        ),
        response=Response(
            status=response.status,
            reason=redact_text(response.reason, rules, f"response {index} reason"),
            headers=_redact_headers(
                response.headers, rules, f"response {index} header", len(response.body), len(response_body)
            ),
            body=response_body,
        ),
    )


def redact_header(name: str, value: str, rules: Rules, where: str) -> str:
    """Redact the value of a header. If the header itself is secret, the whole value is masked."""
    rule = header_rule(name, value)
    if rule and rules.concerns(rule):
        return MASK if rules.should_redact(SecretSpan(0, len(value), rule, value), where) else value
    secrets_only = rules.secrets_only()
    if is_url(value):
        value = redact_url(value, secrets_only, where)
    elif value.lstrip().startswith(("{", "[")):
        value = redact_plain(value, secrets_only, where)
    else:
        value = redact_text(value, secrets_only, where)
    if rules.everything and not _is_metric(name.lower(), value):
        return MASK
    return value


def is_url(text: str) -> bool:
    """Return whether a text is a URL or a path with something that may be a secret in it, and nothing else."""
    return _URL.fullmatch(text) is not None


def redact_url(url: str, rules: Rules, where: str) -> str:
    """Redact a URL. If `rules.everything`, only the names of its query stay."""
    masked: list[tuple[int, int]] = []
    for begin, end in reversed(secret_parts(url)):
        value = unquote(url[begin:end])
        # A URL may have been put together from parts that were redacted before.
        if value and not value.startswith(MASK) and not is_placeholder(value):
            span = SecretSpan(begin, end, "url-secret", value)
            if rules.should_redact(span, where):
                masked.append((begin, end))
    url = redact_text(mask_parts(url, reversed(masked)), rules.secrets_only(), where)
    path, mark, query = url.partition("?")
    return path + mark + _QUERY_VALUE.sub(MASK, query) if rules.everything else url


def _redact_request_body(request: Request, index: int, rules: Rules) -> bytes:
    where = f"request {index} body"
    body = request.body
    if rules.everything:
        # Not even its structure is kept: the caller also chose the names of tools and their parameters.
        return mark_visible(body.decode("utf-8", "replace")).encode()
    decoded = decode_body(Response(headers=request.headers, body=body))
    if not decoded.trouble:
        body = decoded.data
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    # Only answers come in parts. A text of a line of a request, such as the result of a tool, ends with the line.
    redacted = redact_body(media_type, body, rules, where, continued=media_type != JSON_LINES)
    # A compressed body without secrets stays compressed.
    return request.body if redacted == body else redacted


def _redact_headers(headers: Headers, rules: Rules, where: str, old_bytes: int, new_bytes: int) -> Headers:
    """Redact headers, and update a content length that counts the old body."""
    # Nearly all headers hold nothing. Searching them together shows it much faster than one by one.
    if not rules.finder.finds_any([*headers, *headers.values()]):
        rules = replace(rules, finder=NO_SEARCH)
    pairs = []
    for name, value in headers.items():
        if name.lower() == "content-length" and value == str(old_bytes):
            pairs.append((name, str(new_bytes)))
        else:
            # The place of a finding is shown, so it must not be the name as recorded.
            shown = redact_text(name, rules.secrets_only(), where)
            pairs.append((shown, redact_header(name, value, rules, f"{where} {shown.lower()}")))
    return Headers(pairs)


def _is_metric(name: str, value: str) -> bool:
    return name in _METRIC_HEADERS or _QUANTITY.fullmatch(value) is not None
