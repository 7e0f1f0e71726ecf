"""Which of a client's messages each message of a server answers, by the rules of its protocol.

For recordings that keep what was sent and what was received apart, so that their order is not recorded.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate

from viewer.playback.socket_events import SocketEvent
from viewer.text.json import mapping

# https://developers.openai.com/api/reference/resources/realtime; the Responses API over a WebSocket has the same responses.
_ANSWERS = {
    "session.updated": "session.update",
    "transcription_session.updated": "transcription_session.update",
    "response.created": "response.create",
    "conversation.item.truncated": "conversation.item.truncate",
    "conversation.item.deleted": "conversation.item.delete",
    "conversation.item.retrieved": "conversation.item.retrieve",
    "input_audio_buffer.committed": "input_audio_buffer.commit",
    "input_audio_buffer.cleared": "input_audio_buffer.clear",
}
_ITEM_ADDED = frozenset({"conversation.item.created", "conversation.item.added"})
# The server's voice detection makes these from audio alone.
_FROM_AUDIO = frozenset({"response.created", "input_audio_buffer.committed", "input_audio_buffer.speech_stopped"})
_FAMILIES = ("session.", "response.", "conversation.", "input_audio_buffer.", "transcription_session.")
_LIVE = frozenset({"setupComplete", "serverContent", "toolCall"})


def answered_by(received: Sequence[SocketEvent], sent: Sequence[SocketEvent]) -> list[int] | None:
    """Return for each received message how many sent ones came before it. Return None if the protocol is not known."""
    if any(message.kind in _LIVE for message in received):
        needs = _of_live(received, sent)
    elif any(message.kind.startswith(_FAMILIES) for message in received):
        needs = _of_realtime(received, sent)
    else:
        return None
    return list(accumulate(needs, max))


def _of_realtime(received: Sequence[SocketEvent], sent: Sequence[SocketEvent]) -> Iterator[int]:
    """Yield the least number of sent messages before each received one, by the events of OpenAI's Realtime API."""
    places: dict[str, list[int]] = {}
    for place, message in enumerate(sent, 1):
        places.setdefault(message.kind, []).append(place)
    audio = [place for place, message in enumerate(sent, 1) if message.is_media]
    answered: Counter[str] = Counter()
    for message in received:
        asked = _ANSWERS.get(message.kind)
        if message.kind in _ITEM_ADDED and _is_of_client(message):
            asked = "conversation.item.create"
        waiting = places.get(asked, []) if asked else []
        if asked and answered[asked] < len(waiting):
            yield waiting[answered[asked]]
            answered[asked] += 1
        elif message.kind == "input_audio_buffer.speech_started":
            yield audio[0] if audio else 0
        elif message.kind in _FROM_AUDIO:
            yield audio[-1] if audio else 0
        else:
            yield 0


def _is_of_client(message: SocketEvent) -> bool:
    """Tell whether an item is one that a client creates: all but what the assistant says and calls."""
    item = mapping(mapping(message.value).get("item"))
    return item.get("role") in ("user", "system") or item.get("type") == "function_call_output"


def _of_live(received: Sequence[SocketEvent], sent: Sequence[SocketEvent]) -> Iterator[int]:
    """Yield the least number of sent messages before each received one. In Gemini Live each turn answers one of the client."""
    setups = [place for place, message in enumerate(sent, 1) if message.kind == "setup"]
    turns = iter([place for place, message in enumerate(sent, 1) if _ends_turn(message)])
    audio = [place for place, message in enumerate(sent, 1) if message.is_media]
    needed = 0
    is_turn_over = True
    for message in received:
        if message.kind == "setupComplete":
            needed = setups[0] if setups else 0
        elif is_turn_over and message.kind in ("serverContent", "toolCall"):
            needed = next(turns, audio[-1] if audio else needed)
            is_turn_over = False
        yield needed
        content = mapping(mapping(message.value).get("serverContent"))
        is_turn_over = is_turn_over or message.kind == "toolCall" or bool(content.get("turnComplete"))


def _ends_turn(message: SocketEvent) -> bool:
    """Tell whether the model answers a message."""
    fields = mapping(message.value)
    if message.kind in ("clientContent", "client_content"):
        content = mapping(fields[message.kind])
        # Content without the mark is history.
        return bool(content.get("turnComplete") or content.get("turn_complete"))
    if message.kind in ("realtimeInput", "realtime_input"):
        return "text" in mapping(fields[message.kind])
    return message.kind in ("toolResponse", "tool_response")
