"""How two requests differ: in method, URL, parameters, tools, messages and headers, whatever the provider calls them.

Secret values in the URL, headers and body are masked. Ids and timestamps do not count as differences.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from viewer.comparison.item_diff import ItemDiff, diff_messages, diff_tools
from viewer.comparison.normalise import (
    canonical_or_ellipsis,
    is_volatile_header,
    masked,
    normalised,
    normalised_body,
    normalised_path,
)
from viewer.comparison.text_diff import TextDiff, diff_text
from viewer.conversation.requests import read_request
from viewer.text.json import parse
from viewer.text.masks import masked_headers, masked_url
from viewer.types.http import Headers, Request

# Parameters nest three or four deep. Deeper values are compared whole, which keeps a hostile body from exhausting the stack.
_MAX_DEPTH = 8


@dataclass(frozen=True, slots=True)
class Change:
    """One named value that differs; None on the side that does not have it."""

    name: str
    left: str | None
    right: str | None


@dataclass(frozen=True, slots=True)
class RequestDiff:
    """Everything that differs between two requests. It is empty if one of the two was not recorded."""

    line: tuple[Change, ...] = ()
    """Method and URL."""
    parameters: tuple[Change, ...] = ()
    """Fields of the body other than messages and tools, by their path, as JSON."""
    tools: tuple[ItemDiff, ...] = ()
    messages: tuple[ItemDiff, ...] = ()
    headers: tuple[Change, ...] = ()
    body: TextDiff | None = None
    """Of the whole bodies, if they differ and cannot be taken apart."""

    @property
    def differs(self) -> bool:
        """Whether the requests differ in more than their headers."""
        return bool(self.line or self.parameters or self.tools or self.messages or self.body)


def diff_requests(left: Request, right: Request) -> RequestDiff:
    """Return everything that differs between two requests."""
    if not (_is_recorded(left) and _is_recorded(right)):
        return RequestDiff()
    line, headers = tuple(_diff_line(left, right)), tuple(_diff_headers(left.headers, right.headers))
    one, other = read_request(left), read_request(right)
    forms = {one.form, other.form}
    if "unknown" in forms:
        return RequestDiff(line, headers=headers, body=_diff_bodies(left, right))
    parameters = tuple(_diff_parameters(one.parameters, other.parameters))
    tools, messages = diff_tools(one.tools, other.tools), diff_messages(one.messages, other.messages)
    body = None
    if forms != {"object"} and not (parameters or tools or messages):
        # The messages of a socket can differ in what is neither a parameter nor said to the model, such as their type.
        body = _diff_bodies(left, right)
    return RequestDiff(line, parameters, tools, messages, headers, body)


def _is_recorded(request: Request) -> bool:
    return bool(request.method or request.url or request.body)


def _diff_line(left: Request, right: Request) -> Iterator[Change]:
    if left.method and right.method and left.method.upper() != right.method.upper():
        yield Change("method", left.method.upper(), right.method.upper())
    if left.url and right.url and _normalised_url(left.url) != _normalised_url(right.url):
        yield Change("URL", masked_url(left.url), masked_url(right.url))


def _normalised_url(url: str) -> tuple[object, ...]:
    """Return a URL in parts, without its ids and secrets, and its parameters sorted."""
    try:
        parts = urlsplit(masked_url(url))
    except ValueError:
        return (masked_url(url),)
    query = sorted(parse_qsl(parts.query, keep_blank_values=True))
    return parts.scheme, parts.netloc.lower(), normalised_path(parts.path), tuple(query)


class _Parameter(NamedTuple):
    compared: str
    shown: str


def _diff_parameters(left: Sequence[tuple[str, Any]], right: Sequence[tuple[str, Any]]) -> Iterator[Change]:
    one, other = _parameters(left), _parameters(right)
    for path in dict.fromkeys((*one, *other)):
        before, after = one.get(path), other.get(path)
        if before is None or after is None or before.compared != after.compared:
            yield Change(path, before.shown if before else None, after.shown if after else None)


def _parameters(parameters: Sequence[tuple[str, Any]]) -> dict[str, _Parameter]:
    """Return every value by its path, as JSON. Values of the same path, as in a form, are joined."""
    found: dict[str, _Parameter] = {}
    for path, value in _leaves(parameters):
        name = path.rpartition(".")[2]
        plain = normalised({name: value})
        one = _Parameter(canonical_or_ellipsis(plain[name]), canonical_or_ellipsis(masked(plain)[name]))
        if path in found:
            one = _Parameter(*(f"{before}, {after}" for before, after in zip(found[path], one, strict=True)))
        found[path] = one
    return found


def _leaves(fields: Sequence[tuple[str, Any]], prefix: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    for name, value in fields:
        if isinstance(value, dict) and value and depth < _MAX_DEPTH:
            yield from _leaves([*value.items()], f"{prefix}{name}.", depth + 1)
        else:
            yield f"{prefix}{name}", value


def _diff_headers(left: Headers, right: Headers) -> Iterator[Change]:
    if not left or not right:
        return
    for name in sorted({name.lower() for side in (left, right) for name in side}):
        one, other = left.get(name), right.get(name)
        if not is_volatile_header(name) and _without_boundary(one) != _without_boundary(other):
            shown = [None if value is None else masked_headers({name: value})[name] for value in (one, other)]
            yield Change(name, *shown)


def _without_boundary(value: str | None) -> str | None:
    """Return a header's value without the boundary of a multipart body, which is random."""
    return value.partition("; boundary=")[0] if value else value


def _diff_bodies(left: Request, right: Request) -> TextDiff | None:
    diff = diff_text(_body_text(left), _body_text(right))
    return None if diff.is_same else diff


def _body_text(request: Request) -> str:
    body = request.body
    boundary = request.headers.get("content-type", "").partition("boundary=")[2].strip('"')
    if boundary:
        body = body.replace(boundary.encode("utf-8", "replace"), b"boundary")
    for split in (lambda whole: [whole], bytes.splitlines):
        try:
            values = [parse(line) for line in split(body)]
        except ValueError:
            continue
        return "\n".join(canonical_or_ellipsis(masked(normalised(value)), indent=True) for value in values)
    return normalised_body(body)
