"""What an interaction asked: the last thing that its request says to the model."""

from collections.abc import Sequence
from dataclasses import dataclass

from viewer.conversation.conversation import Message, Part
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
    """As recorded. Images, audio and files are described in brackets."""


def asked_in(messages: Sequence[Message]) -> Asked | None:
    """Return what the last message that is not the model's own asks. Return None if the request holds none."""
    last = next((place for place in reversed(range(len(messages))) if not _is_setting(messages[place])), None)
    if last is None:
        return None
    texts = [_text_of(part) for part in messages[last].parts if part.kind in _SPEAKING_KINDS]
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
    return _asked(f"Asked with {_name_of(results)}", [part.text for part in results])


def _is_setting(message: Message) -> bool:
    """Tell whether a message is not a question: the model's own, an instruction for all answers, or nothing at all."""
    return is_model(message.role) or message.role.lower() in _INSTRUCTING_ROLES or not message.parts


def _asked(label: str, texts: Sequence[str]) -> Asked | None:
    text = "\n".join(filter(None, (text.strip() for text in texts)))
    return Asked(label, text) if text or label != "Asked" else None


def _name_of(results: Sequence[Part]) -> str:
    names = list(dict.fromkeys(part.name or "a tool" for part in results))
    return f"the {'result' if len(results) == 1 else 'results'} of {listed(names)}"


def _text_of(part: Part) -> str:
    return part.text if part.kind == "text" else f"[{': '.join(filter(None, (part.kind, part.name, part.text)))}]"
