"""Where two requests differ: method, URL, parameters, tools, messages and headers, whatever the provider calls them.

What is shown is masked: values in the URL, headers and body whose names speak of a secret. Ids and stamps are no difference.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

from viewer.comparison.normalise import canonical, is_volatile_header, masked, settled, settled_body, settled_path
from viewer.comparison.text_diff import TextDiff, align, diff_text, gaps
from viewer.text.json import mapping, parse
from viewer.text.masks import masked_headers, masked_url
from viewer.types.http import Headers, Request

_MESSAGES = frozenset(
    [
        "chat_history",
        "contents",
        "input",
        "instructions",
        "message",
        "messages",
        "preamble",
        "prompt",
        "system",
        "systemInstruction",
        "system_instruction",
    ]
)
# Fields of a message or a part of one that is a text and nothing else.
_OF_TEXT = frozenset(["role", "content", "parts", "text", "type", "id", "status", "cache_control", "annotations"])
_TOOLS = ("tools", "functions", "toolConfig", "tool_config")


@dataclass(frozen=True, slots=True)
class Change:
    """Hold one named value that differs; None on the side that does not have it."""

    name: str
    left: str | None
    right: str | None


@dataclass(frozen=True, slots=True)
class PartDiff:
    """Hold one message, tool or tool call that came, went or changed."""

    name: str
    """The role of a message, the name of a tool."""
    what: Literal["added", "removed", "changed"]
    left_index: int | None
    """Its place among its kind; None on the side that does not have it."""
    right_index: int | None
    diff: TextDiff
    """A text where it is one, else indented JSON; equal where only what is masked differs."""


@dataclass(frozen=True, slots=True)
class RequestDiff:
    """Hold all that differs of two requests."""

    is_recorded: tuple[bool, bool]
    """Whether each side holds its request; where one does not, nothing is compared."""
    line: tuple[Change, ...] = ()
    """Method and URL."""
    parameters: tuple[Change, ...] = ()
    """Values of the body by their path, as JSON."""
    tools: tuple[PartDiff, ...] = ()
    messages: tuple[PartDiff, ...] = ()
    headers: tuple[Change, ...] = ()
    body: TextDiff | None = None
    """Of bodies that are no JSON objects, where they differ."""

    @property
    def differs(self) -> bool:
        """Whether the requests differ in more than their headers."""
        return bool(self.line or self.parameters or self.tools or self.messages or self.body)


def diff_requests(left: Request, right: Request) -> RequestDiff:
    """Return all that differs of two requests."""
    recorded = (_is_recorded(left), _is_recorded(right))
    if not all(recorded):
        return RequestDiff(recorded)
    one, other = _object(left.body), _object(right.body)
    body = None
    if one is None or other is None:
        one, other, body = {}, {}, _diff_bodies(left, right)
    return RequestDiff(
        recorded,
        line=tuple(_line(left, right)),
        parameters=tuple(_parameters(one, other)),
        tools=_diff_tools(_tools(one), _tools(other)),
        messages=tuple(_diff_messages(_messages(one), _messages(other))),
        headers=tuple(_headers(left.headers, right.headers)),
        body=body,
    )


def _is_recorded(request: Request) -> bool:
    return bool(request.method or request.url or request.body)


def _object(body: bytes) -> dict[str, Any] | None:
    """Return a body that is a JSON object, an empty one for none at all; None for anything else."""
    if not body:
        return {}
    try:
        value = parse(body)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _line(left: Request, right: Request) -> Iterator[Change]:
    if left.method and right.method and left.method.upper() != right.method.upper():
        yield Change("method", left.method.upper(), right.method.upper())
    if left.url and right.url and _settled_url(left.url) != _settled_url(right.url):
        yield Change("URL", masked_url(left.url), masked_url(right.url))


def _settled_url(url: str) -> tuple[object, ...]:
    """Return what counts of a URL: not its ids, its secrets or the order of its parameters."""
    try:
        parts = urlsplit(masked_url(url))
    except ValueError:
        return (masked_url(url),)
    query = sorted(parse_qsl(parts.query, keep_blank_values=True))
    return parts.scheme, parts.netloc.lower(), settled_path(parts.path), tuple(query)


def _parameters(left: dict[str, Any], right: dict[str, Any]) -> Iterator[Change]:
    """Yield the values that differ and are neither messages nor tools, each by its path."""
    one, other = dict(_leaves(left)), dict(_leaves(right))
    for path in dict.fromkeys((*one, *other)):
        name = path.rpartition(".")[2]
        values = [_json(settled({name: side[path]})[name]) if path in side else None for side in (one, other)]
        if values[0] != values[1]:
            shown = [_json(masked({name: side[path]})[name]) if path in side else None for side in (one, other)]
            yield Change(path, *shown)


def _leaves(body: Mapping[str, Any], prefix: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    for key, value in body.items():
        if not prefix and (key in _MESSAGES or key in _TOOLS):
            choice = mapping(value).get("toolChoice") if key == "toolConfig" else None
            if choice is not None:
                yield f"{key}.toolChoice", choice
        elif isinstance(value, dict) and value and depth < 8:
            yield from _leaves(value, f"{prefix}{key}.", depth + 1)
        else:
            yield f"{prefix}{key}", value


def _json(value: Any, *, indent: bool = False) -> str:
    try:
        return canonical(value, indent=indent)
    except ValueError:
        return "…"


@dataclass(frozen=True, slots=True)
class _Piece:
    """Hold a message or a tool in the form in which it is compared, and that in which it is shown."""

    name: str
    compared: str
    text: str
    json: str


def _piece(name: str, value: Any, text: str | None = None) -> _Piece:
    shown = _json(masked(settled(value)), indent=True)
    return _Piece(name, _json(settled(value)), shown if text is None else text, shown)


def _tools(body: Mapping[str, Any]) -> list[_Piece]:
    declared: list[Any] = []
    for key in _TOOLS:
        held = body.get(key)
        held = held.get("tools") if isinstance(held, dict) else held
        declared += held if isinstance(held, list) else []
    return [_tool(tool) for one in declared for tool in _declarations(one)]


def _declarations(declared: Any) -> list[Any]:
    """Return the tools of one entry; Gemini puts several into one."""
    for key in ("functionDeclarations", "function_declarations"):
        if isinstance(mapping(declared).get(key), list):
            return list(declared[key])
    return [declared]


def _tool(declared: Any) -> _Piece:
    fields = mapping(declared)
    inner = mapping(fields.get("function")) or mapping(fields.get("toolSpec")) or fields
    name = inner.get("name") or fields.get("type") or next(iter(fields), "")
    return _piece(str(name), declared)


def _diff_tools(left: Sequence[_Piece], right: Sequence[_Piece]) -> tuple[PartDiff, ...]:
    """Return the tools that differ by name; of several with one name, by their order."""
    one, other = _by_name(left), _by_name(right)
    parts = []
    for key in dict.fromkeys((*one, *other)):
        before, after = one.get(key), other.get(key)
        if before is None or after is None or left[before].compared != right[after].compared:
            parts.append(_part(left, right, before, after))
    return tuple(parts)


def _by_name(pieces: Sequence[_Piece]) -> dict[tuple[str, int], int]:
    seen: Counter[str] = Counter()
    places = {}
    for place, piece in enumerate(pieces):
        places[piece.name, seen[piece.name]] = place
        seen[piece.name] += 1
    return places


def _messages(body: Mapping[str, Any]) -> list[_Piece]:
    """Return what was said to the model, in the order of the body's own fields."""
    return [
        _message(key, item)
        for key, value in body.items()
        if key in _MESSAGES
        for item in (value if isinstance(value, list) else [value])
    ]


def _message(key: str, item: Any) -> _Piece:
    fields = mapping(item)
    named = fields.get("role") or (fields.get("type") if key in ("messages", "contents", "input") else None)
    return _piece(str(named or {"message": "user", "input": "user"}.get(key, key)), item, _said(item))


def _said(item: Any) -> str | None:
    """Return the text of a message that is text alone."""
    if isinstance(item, str):
        return item
    if not isinstance(item, dict) or not item.keys() <= _OF_TEXT:
        return None
    content = next((item[key] for key in ("content", "parts", "text") if key in item), None)
    if isinstance(content, list) and content:
        texts = [_said(part) for part in content if not isinstance(part, list)]
        return "\n".join(text for text in texts if text is not None) if None not in texts else None
    return content if isinstance(content, str) else None


def _diff_messages(left: Sequence[_Piece], right: Sequence[_Piece]) -> Iterator[PartDiff]:
    """Yield the messages that came, went or changed; between those that are the same, one changed into the next of its role."""
    matches = align([_key(piece) for piece in left], [_key(piece) for piece in right])
    for before, after in gaps(matches, len(left), len(right)):
        same_role = align([left[place].name for place in before], [right[place].name for place in after])
        partners = {before[run.left + step]: after[run.right + step] for run in same_role for step in range(run.length)}
        for place in before:
            yield _part(left, right, place, partners.get(place))
        for place in after:
            if place not in partners.values():
                yield _part(left, right, None, place)


def _key(piece: _Piece) -> str:
    return f"{piece.name}\0{piece.compared}"


def _part(left: Sequence[_Piece], right: Sequence[_Piece], before: int | None, after: int | None) -> PartDiff:
    if before is None and after is not None:
        return PartDiff(right[after].name, "added", None, after, diff_text("", right[after].text))
    if before is not None and after is None:
        return PartDiff(left[before].name, "removed", before, None, diff_text(left[before].text, ""))
    one, other = left[before or 0], right[after or 0]
    # What differs beside the text, such as a cache mark, shows in the JSON alone.
    as_json = one.text == other.text
    diff = diff_text(one.json, other.json) if as_json else diff_text(one.text, other.text)
    return PartDiff(one.name, "changed", before, after, diff)


def _headers(left: Headers, right: Headers) -> Iterator[Change]:
    if not left or not right:
        return
    for name in sorted({name.lower() for side in (left, right) for name in side}):
        one, other = left.get(name), right.get(name)
        if not is_volatile_header(name) and _plain_header(one) != _plain_header(other):
            shown = [None if value is None else masked_headers({name: value})[name] for value in (one, other)]
            yield Change(name, *shown)


def _plain_header(value: str | None) -> str | None:
    """Return a header's value without the boundary of a multipart body, which is new each time."""
    return value.partition("; boundary=")[0] if value else value


def _diff_bodies(left: Request, right: Request) -> TextDiff | None:
    diff = diff_text(_body_text(left), _body_text(right))
    return None if diff.is_same else diff


def _body_text(request: Request) -> str:
    body = request.body
    boundary = request.headers.get("content-type", "").partition("boundary=")[2].strip('"')
    if boundary:
        body = body.replace(boundary.encode("utf-8", "replace"), b"boundary")
    try:
        return _json(masked(settled(parse(body))), indent=True)
    except ValueError:
        return settled_body(body)
