"""What an interaction asked: the last message of the user in its request, and the tool results that came after it."""

from collections.abc import Sequence
from dataclasses import dataclass

from viewer.conversation.conversation import Message, Part
from viewer.conversation.parts import described
from viewer.conversation.tool_results import is_model
from viewer.text.words import listed

_INSTRUCTING_ROLES = ("system", "developer")
_SPEAKING_KINDS = ("text", "image", "audio", "file", "other")


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked."""

    label: str
    """"Asked", or "Asked with the result of weather" if the request brings the result of a tool."""
    text: str
    """The user's message as recorded, or the results if the request has none. Images, audio and files are described in brackets."""


def asked_in(messages: Sequence[Message]) -> Asked | None:
    """Return what the request asks last. Return None if no message in it is other than the model's own."""
    last = next((place for place in reversed(range(len(messages))) if not _is_setting(messages[place])), None)
    if last is None:
        return None
    texts = [described(part) for part in messages[last].parts if part.kind in _SPEAKING_KINDS]
    results = [part for part in messages[last].parts if part.kind == "tool_result"]
    if not results:
        return _asked("Asked", texts)
    # Some providers send each result in a message of its own.
    for message in reversed(messages[:last]):
        earlier = [part for part in message.parts if part.kind == "tool_result"]
        if not earlier or is_model(message.role):
            break
        results = earlier + results
    if any(texts):
        return _asked(f"Asked with {_name_of(results)}, and", texts)
    question = next((texts for message in reversed(messages[:last]) if (texts := _question(message))), None)
    return _asked(f"Asked with {_name_of(results)}", question or [part.text for part in results])


def _question(message: Message) -> list[str]:
    """Return the texts of a message, or none if it asks nothing."""
    if _is_setting(message) or any(part.kind == "tool_result" for part in message.parts):
        return []
    return [text for part in message.parts if part.kind in _SPEAKING_KINDS and (text := described(part))]


def _is_setting(message: Message) -> bool:
    """Tell whether a message is not a question: the model's own, an instruction for all answers, or nothing at all."""
    return is_model(message.role) or message.role.lower() in _INSTRUCTING_ROLES or not message.parts


def _asked(label: str, texts: Sequence[str]) -> Asked | None:
    text = "\n".join(filter(None, (text.strip() for text in texts)))
    return Asked(label, text) if text or label != "Asked" else None


def _name_of(results: Sequence[Part]) -> str:
    names = list(dict.fromkeys(part.name or "a tool" for part in results))
    return f"the {'result' if len(results) == 1 else 'results'} of {listed(names)}"
