"""What a message on a WebSocket is, and whether two mean the same."""

from typing import Any, NamedTuple

from viewer.comparison.normalise import normalised, normalised_text, plain_key
from viewer.text.base64 import bytes_in
from viewer.text.json import as_text, mapping, parse
from viewer.text.safe import shortened, visible_line

_MAX_NAME = 60
# Far deeper than any message nests. The limit keeps a hostile one from exhausting the stack.
_MAX_DEPTH = 40
# Gemini Live names a message by its only field, and a streamed input by the medium.
_LIVE_INPUT = "realtimeinput"
_LIVE_MEDIA = frozenset({"audio", "video", "mediachunks"})
_REALTIME_AUDIO = "input_audio_buffer.append"
_MEDIA = "…media…"


class SocketEvent(NamedTuple):
    """One message, as far as playing back needs to understand it."""

    kind: str
    """What it is by its own word, such as "session.update" or "setup"; else "text" or "binary"."""
    value: Any
    """The parsed JSON; the text or bytes themselves if it is none."""
    media_bytes: int = 0
    """The size of the audio or video in it, if it is one of many that are streamed."""

    @property
    def is_media(self) -> bool:
        """Whether it is part of streamed audio or video, of which another client may send more or fewer, in other sizes."""
        return self.media_bytes > 0


def read_event(content: str | bytes) -> SocketEvent:
    """Return a message from what was sent over the wire."""
    try:
        value = parse(content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content)
    except ValueError:
        if isinstance(content, bytes):
            return SocketEvent("binary", content, len(content))
        return SocketEvent("text", content)
    message = mapping(value)
    kind = as_text(message.get("type") or next(iter(message), "")) or "text"
    return SocketEvent(kind, value, _media_bytes(kind, message))


def difference(recorded: SocketEvent, sent: SocketEvent) -> str:
    """Return where a message that a client sent first differs in meaning from the recorded one; "" if it does not.

    Ids, dates, media and the order and spelling of keys (`turn_complete`, `turnComplete`) do not count. Only the names of
    fields are told: their values may be secret.
    """
    if recorded.is_media and sent.is_media:
        return ""
    if plain_key(recorded.kind) != plain_key(sent.kind):
        return f"it is {name_of(sent.kind)}"
    place = _first_difference(_meaning(normalised(recorded.value)), _meaning(normalised(sent.value)))
    return "" if place is None else f"{name_of('.'.join(place)) or 'its content'} differs"


def name_of(recorded: str) -> str:
    """Return a recorded or received name as it can be shown on a line of a log."""
    return shortened(visible_line(recorded), _MAX_NAME)


def _media_bytes(kind: str, message: dict[str, Any]) -> int:
    if kind == _REALTIME_AUDIO:
        return max(1, bytes_in(as_text(message.get("audio") or "")))
    if plain_key(kind) != _LIVE_INPUT:
        return 0
    fields = mapping(message[kind])
    media = [value for name, value in fields.items() if plain_key(name) in _LIVE_MEDIA]
    parts = [part for value in media for part in (value if isinstance(value, list) else [value])]
    return max(1, sum(bytes_in(as_text(mapping(part).get("data") or "")) for part in parts)) if parts else 0


def _meaning(value: Any, depth: int = 0) -> Any:
    """Return a value without ids, media and fields that say nothing, and with keys in one spelling."""
    if depth > _MAX_DEPTH:
        return None
    if isinstance(value, list):
        return [_meaning(item, depth + 1) for item in value]
    if isinstance(value, str):
        return normalised_text(value)
    if not isinstance(value, dict):
        return value
    has_media_type = any(plain_key(str(key)) == "mimetype" for key in value)
    return {
        plain_key(str(key)): _MEDIA
        if _is_media(str(key), item, has_media_type=has_media_type)
        else _meaning(item, depth + 1)
        for key, item in value.items()
        # A client may leave out what it does not set, or write null.
        if item is not None and not _is_id(str(key))
    }


def _is_media(key: str, value: Any, *, has_media_type: bool) -> bool:
    return isinstance(value, str) and (key == "audio" or (key == "data" and has_media_type))


def _is_id(key: str) -> bool:
    return key == "id" or key.endswith(("_id", "Id"))


def _first_difference(left: Any, right: Any, place: tuple[str, ...] = ()) -> tuple[str, ...] | None:
    """Return the path to the first value that differs, or None."""
    if left == right:
        return None
    if isinstance(left, dict) and isinstance(right, dict):
        pairs = [(str(key), left.get(key), right.get(key)) for key in {**left, **right}]
    elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        pairs = [(str(index), one, other) for index, (one, other) in enumerate(zip(left, right, strict=True))]
    else:
        return place
    found = (_first_difference(one, other, (*place, key)) for key, one, other in pairs)
    return next((one for one in found if one is not None), None)
