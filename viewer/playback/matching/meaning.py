"""What a request asks, apart from how its client happens to write it.

The method, the path, the model, the messages, the tools and the form of the answer are its meaning. Parameters such as the temperature
are settings: requests that differ in them only are still answered by the same recording. Ids, times and signatures are neither.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from typing import Any, Literal, NamedTuple
from urllib.parse import parse_qsl

from viewer.comparison.normalise import FREE_FORM_KEYS, canonical_bytes, is_volatile_key, plain_key
from viewer.conversation.request_fields import RequestContent
from viewer.playback.matching.bodies import read_body, unread_body
from viewer.playback.matching.hashes import hash_of
from viewer.playback.matching.paths import target_of
from viewer.text.json import json_in
from viewer.text.masks import is_secret
from viewer.types.http import Request

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
        return hash_of(*_pieces(self))


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a request asks. The repr shows no secrets."""

    method: str
    path: tuple[str, ...]
    messages: tuple[Item, ...] = field(default=(), repr=False)
    tools: tuple[Item, ...] = field(default=(), repr=False)
    """By name, because their order does not matter."""
    fields: tuple[Item, ...] = field(default=(), repr=False)
    """What else counts, by name: the model, the form of the answer, or everything if the request is not one to a model."""
    settings: dict[str, bytes] = field(default_factory=dict, repr=False)
    """Parameters that do not count, as canonical JSON by their path."""
    ids: frozenset[str] = field(default=frozenset(), repr=False)
    """The ids, timestamps and signatures of the body, wherever they stand."""
    has_body: bool = False
    is_to_model: bool = False
    """Whether it has messages."""

    @property
    def digest(self) -> bytes:
        """What is equal for requests of equal meaning only. The method and path are not part of it."""
        return hash_of(
            *(piece for section in self.sections() for piece in (b"", *chain.from_iterable(map(_pieces, section))))
        )

    def sections(self) -> tuple[Sequence[Item], ...]:
        """Return all items, by what they are."""
        return self.fields, self.tools, self.messages

    def items(self) -> Iterator[Item]:
        """Yield the items of all sections."""
        return chain.from_iterable(self.sections())

    @property
    def shape(self) -> tuple[tuple[str, ...], ...]:
        """The names of all items, by section."""
        return tuple(tuple(item.name for item in section) for section in self.sections())


def _pieces(item: Item) -> tuple[bytes, bytes]:
    return item.name.encode("utf-8", "surrogatepass"), item.text


def read_meaning(request: Request) -> Meaning:
    """Read what a request asks. A body that cannot be read is compared by its bytes. Nothing raises."""
    target = target_of(request.url)
    content = read_body(request)
    is_to_model = content.readable or bool(content.messages or content.tools)
    try:
        reader = _Reader()
        reader.read_content(content, is_to_model=is_to_model)
    except ValueError:
        # Nested too deeply to be written.
        reader = _Reader()
        reader.read_content(unread_body(request.body), is_to_model=False)
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
        has_body=bool(request.body),
        is_to_model=is_to_model,
    )


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
        if isinstance(value, dict) and depth <= _MAX_DEPTH:
            return self._plain_fields(value, depth)
        if isinstance(value, list) and depth <= _MAX_DEPTH:
            return [one if isinstance(one, str) else self._plain(one, depth + 1) for one in value]
        return int(value) if isinstance(value, float) and value.is_integer() else value

    def _plain_fields(self, value: dict[str, Any], depth: int) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        for key, one in value.items():
            role = _role_of(key)
            if role == "plain" and isinstance(one, str):
                # By far the most frequent.
                fields[key] = one
            elif one is None or role == "cache":
                continue
            elif role == "id" and not isinstance(one, dict | list):
                self.ids.add(str(one))
            elif role == "arguments" and isinstance(one, str):
                fields[key] = _arguments(one)
            elif role in ("free", "arguments"):
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
    return json_in(text) if text.startswith(("{", "[")) else text


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
