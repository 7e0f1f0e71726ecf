"""What a request asks, apart from how its client happens to write it.

The method, the path, the model, the messages, the tools and the form of the answer are its meaning. Parameters such as the temperature
are settings: requests that differ in them only are still answered by the same recording. Ids, times and signatures are neither.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from itertools import chain
from typing import Any, Literal, NamedTuple
from urllib.parse import parse_qsl

from viewer.comparison.normalise import FREE_FORM_KEYS, canonical_bytes, is_volatile_key, plain_key
from viewer.conversation.messages import Message
from viewer.conversation.request_fields import RequestContent
from viewer.conversation.requests import read_request
from viewer.files.content_encoding import decode_body
from viewer.playback.paths import target_of
from viewer.text.json import only_text, parse
from viewer.text.masks import is_secret
from viewer.types.http import Request, Response
from viewer.types.limits import Limits

# No provider accepts more JSON in one request. A larger body is compared by its bytes.
_MAX_READ_BYTES = 64 << 20
_LIMITS = Limits(decoded_bytes=256 << 20)
# Far deeper than providers nest. The limit keeps a hostile body from exhausting the stack.
_MAX_DEPTH = 100

# These decide the form of the answer. A client that waits for events can do nothing with one JSON object.
_FORM_FIELDS = frozenset({"streamformat", "encodingformat", "alt"})
_MODEL_FIELDS = frozenset({"model", "models", "modelid", "modelname"})
# Besides the messages, these are what is asked.
_CONTENT_FIELDS = frozenset(
    ["context", "document", "documents", "file", "files", "image", "images", "mask", "query", "suffix", "texts"]
)
# Settings of requests whose form is not known, such as the upload of a recording that is to be transcribed.
_SETTINGS = frozenset(
    [
        "dimensions",
        "language",
        "maxoutputtokens",
        "maxtokens",
        "metadata",
        "seed",
        "store",
        "streamoptions",
        "temperature",
        "timestampgranularities",
        "topk",
        "topn",
        "topp",
        "user",
    ]
)
# Parameters of the query that say how the API or the client is to be treated, not what is asked.
_QUERY_SETTINGS = frozenset(
    ["apiversion", "beta", "clientname", "clientversion", "fields", "prettyprint", "quotauser", "userproject"]
)
_QUERY_SECRETS = ("x-goog-", "x-amz-", "x-ms-")
# A mark for the provider's cache changes neither the question nor the answer.
_CACHE_MARKS = frozenset({"cachecontrol", "cachepoint"})


class Item(NamedTuple):
    """One message, tool or field of a request."""

    name: str
    """The role of a message, the name of a tool, the path of a field."""
    text: bytes
    """Its value as canonical JSON, without ids."""

    @property
    def digest(self) -> bytes:
        """What is equal for equal items only."""
        return digest_of(*_pieces(self))


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a request asks."""

    method: str
    path: tuple[str, ...]
    messages: tuple[Item, ...] = ()
    tools: tuple[Item, ...] = ()
    """By name, because their order does not matter."""
    fields: tuple[Item, ...] = ()
    """What else counts, by name: the model, the form of the answer, or everything if the request is not one to a model."""
    settings: dict[str, bytes] = field(default_factory=dict)
    ids: frozenset[str] = frozenset()
    has_body: bool = False
    is_to_model: bool = False
    """Whether it has messages."""

    @property
    def digest(self) -> bytes:
        """What is equal for requests of equal meaning only. The method and path are not part of it."""
        return digest_of(
            *(piece for section in self.sections() for piece in (b"", *chain.from_iterable(map(_pieces, section))))
        )

    def sections(self) -> tuple[Sequence[Item], ...]:
        """Return all items, by what they are."""
        return self.fields, self.tools, self.messages


def _pieces(item: Item) -> tuple[bytes, bytes]:
    return item.name.encode("utf-8", "surrogatepass"), item.text


def digest_of(*pieces: bytes) -> bytes:
    """Return what is equal for equal pieces only."""
    lengths = ",".join(map(str, map(len, pieces)))
    return blake2b(b"".join((lengths.encode(), b"\0", *pieces)), digest_size=16).digest()


def read_meaning(request: Request) -> Meaning:
    """Read what a request asks. A body that cannot be read is compared by its bytes. Nothing raises."""
    target = target_of(request.url)
    reader = _Reader()
    body = _decoded(request)
    content = _content(Request(request.method, request.url, request.headers, body))
    if content is None:
        reader.fields.append(Item("body", canonical_bytes(_text_or_digest(body))))
        content = RequestContent(form="unknown")
    is_to_model = content.readable or bool(content.messages or content.tools)
    try:
        reader.read_content(content, is_to_model=is_to_model)
    except ValueError:
        # Nested too deeply to be written.
        reader = _Reader()
        reader.fields.append(Item("body", canonical_bytes(_digest_text(body))))
    reader.read_query(target.query, is_to_model=is_to_model)
    if target.path[-2:] in (("api", "chat"), ("api", "generate")):
        # Ollama streams unless it is told not to.
        reader.stream_by_default()
    return Meaning(
        request.method.upper(),
        target.path,
        tuple(reader.messages),
        tuple(sorted(reader.tools)),
        tuple(sorted(reader.fields)),
        reader.settings,
        frozenset(reader.ids),
        has_body=bool(body),
        is_to_model=is_to_model,
    )


def _decoded(request: Request) -> bytes:
    """Return the body as it was before the client compressed it."""
    if "content-encoding" not in request.headers or not request.body:
        return request.body
    return decode_body(Response(headers=request.headers, body=request.body), _LIMITS).data


def _content(request: Request) -> RequestContent | None:
    """Return the content of a body; None if it is too large, or neither JSON nor a form."""
    if len(request.body) > _MAX_READ_BYTES:
        return None
    try:
        content = read_request(request, _unread)
    except (ValueError, LookupError, AttributeError, TypeError):
        # The parser of the standard library raises these for some headers of a multipart body.
        return None
    if content.form != "unknown":
        return content
    try:
        value = parse(request.body)
    except ValueError:
        return None
    return RequestContent(parameters=[("body", value)], form="unknown")


def _unread(item: Any) -> Message:
    """Return a message whose parts are not read, because only its recorded value is compared."""
    role = (only_text(item.get("role")) or only_text(item.get("type"))) if isinstance(item, dict) else ""
    return Message(role or "user", (), source=item)


def _text_or_digest(body: bytes) -> str:
    try:
        return body.decode() if len(body) <= _MAX_READ_BYTES else _digest_text(body)
    except UnicodeDecodeError:
        return _digest_text(body)


def _digest_text(body: bytes) -> str:
    return f"{len(body)} bytes with digest {digest_of(body).hex()}"


_Role = Literal["plain", "id", "free", "arguments", "cache"]


@lru_cache(maxsize=4096)
def _role_of(key: str) -> _Role:
    """Return how the value of a key is compared."""
    plain = plain_key(key)
    if is_volatile_key(key):
        return "id"
    if plain in _CACHE_MARKS:
        return "cache"
    if plain in FREE_FORM_KEYS:
        return "arguments" if plain == "arguments" else "free"
    return "plain"


class _Reader:
    """What has been read of one request so far."""

    def __init__(self) -> None:
        self.messages: list[Item] = []
        self.tools: list[Item] = []
        self.fields: list[Item] = []
        self.settings: dict[str, bytes] = {}
        self.ids: set[str] = set()
        self._says_stream = False

    def read_content(self, content: RequestContent, *, is_to_model: bool) -> None:
        for message in content.messages:
            source = _uploads(message.source) if content.form == "form" else message.source
            self.messages.append(self._item(message.role, source))
        self.tools += [self._item(tool.name, tool.source) for tool in content.tools]
        for name, value in content.parameters:
            plain = plain_key(name.rpartition(".")[2])
            if is_volatile_key(plain) and not isinstance(value, dict | list):
                self.ids.add(str(value))
            elif plain == "stream":
                self._read_stream(name, value)
            elif value not in (None, {}, []):
                self._add(name, value, is_field=_is_field(name, plain, value, is_to_model=is_to_model))

    def read_query(self, query: str, *, is_to_model: bool) -> None:
        for written, value in parse_qsl(query, keep_blank_values=True):
            name = written.lower().lstrip("$")
            plain = plain_key(name)
            if is_secret(name) or name.startswith(_QUERY_SECRETS) or (plain == "alt" and value.startswith("json")):
                # JSON is the default form of the answer.
                continue
            if is_volatile_key(plain) or plain == "uploadid":
                self.ids.add(value)
            elif plain == "stream":
                self._read_stream(f"?{name}", value)
            else:
                is_field = plain in _FORM_FIELDS or not (is_to_model or plain in _QUERY_SETTINGS)
                self._add(f"?{name}", value, is_field=is_field)

    def stream_by_default(self) -> None:
        if not self._says_stream:
            self.fields.append(Item("stream", b"true"))

    def _read_stream(self, name: str, value: Any) -> None:
        self._says_stream = True
        if value is True or str(value).lower() in ("true", "1"):
            self.fields.append(Item(name, b"true"))

    def _add(self, name: str, value: Any, *, is_field: bool) -> None:
        item = self._item(name, value)
        if is_field:
            self.fields.append(item)
        else:
            # Several values of one name occur in forms.
            before = self.settings.get(name)
            self.settings[name] = item.text if before is None else before + b", " + item.text

    def _item(self, name: str, value: Any) -> Item:
        return Item(name, canonical_bytes(self._plain(value)))

    def _plain(self, value: Any, depth: int = 0) -> Any:
        """Return a value without ids, which are kept apart, and without what a client may leave out."""
        if depth > _MAX_DEPTH:
            return value
        if isinstance(value, list):
            return [one if isinstance(one, str) else self._plain(one, depth + 1) for one in value]
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if not isinstance(value, dict):
            return value
        fields: dict[str, Any] = {}
        for key, one in value.items():
            role = _role_of(key)
            if one is None or role == "cache":
                continue
            if role == "id" and not isinstance(one, dict | list):
                self.ids.add(str(one))
            elif role == "arguments" and isinstance(one, str):
                fields[key] = _arguments(one)
            elif isinstance(one, str) or role in ("free", "arguments"):
                fields[key] = one
            else:
                fields[key] = self._plain(one, depth + 1)
        return fields


def _is_field(name: str, plain: str, value: Any, *, is_to_model: bool) -> bool:
    """Tell whether a parameter counts. If not, it is a setting."""
    if plain in _FORM_FIELDS or plain in _MODEL_FIELDS:
        return True
    if plain == "responseformat" and isinstance(value, str):
        # Of a transcription or a picture. In a chat it is an object that describes the text of the answer.
        return True
    return (plain in _CONTENT_FIELDS and "." not in name) if is_to_model else plain not in _SETTINGS


def _arguments(text: str) -> Any:
    """Return the arguments of a tool call, which many providers write as JSON in a text."""
    if not text.startswith(("{", "[")):
        return text
    try:
        return parse(text.encode("utf-8", "surrogatepass"))
    except ValueError:
        return text


def _uploads(source: Any) -> Any:
    """Return the files of a form by their contents, and their names without folders."""
    if not isinstance(source, list):
        return source
    return [
        {"filename": re.split(r"[/\\]", one["filename"])[-1], "sha256": one["sha256"]}
        if isinstance(one, dict) and "sha256" in one
        else one
        for one in source
    ]
