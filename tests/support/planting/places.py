"""What a place is: where in which recording a secret is planted."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from tests.support.planting.dialects import DIALECTS, Reply, server_sent
from tests.support.planting.kinds import Kind
from tests.support.planting.recorders import RECORDERS, Exchange, asked


class Recording(NamedTuple):
    """A file in which a secret is planted."""

    data: bytes
    name: str
    description: str
    """Which recorder and carrier were chosen, for the list of leaks."""


@dataclass(frozen=True, slots=True)
class Planting:
    """A secret on its way into a recording."""

    kind: Kind
    text: str
    dice: Random

    @property
    def credentials(self) -> str:
        """The value of an Authorization header."""
        return self.text if self.kind.is_header else f"Bearer {self.text}"

    def written(self, exchange: Exchange, recorder: str = "", note: str = "") -> Recording:
        """Return the exchange as a recorder writes it, by default one that the dice choose."""
        chosen = recorder or self.dice.choice([*RECORDERS])
        if chosen == "vcr-py-json" and not _is_text(exchange.reply.body):
            chosen = "vcr-py"
        return Recording(RECORDERS[chosen](exchange), "planted", f"{note} {chosen}".strip())


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a recording."""

    build: Callable[[Planting], Recording]
    tells: bool
    """Whether a name at this place tells that the value is a secret. Otherwise only secrets with a form fit."""
    one_line: bool = False
    """Whether a secret of several lines does not fit."""
    numbers_only: bool = False

    def fits(self, kind: Kind) -> bool:
        """Return whether redaction must find a secret of this kind here."""
        if self.numbers_only and not kind.is_number:
            return False
        if self.one_line and "\n" in kind.secret(0).text:
            return False
        return self.tells or kind.has_form


def _is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def answer(text: str, **more: object) -> Reply:
    """Return a chat completion that was not streamed."""
    message = {"role": "assistant", "content": text}
    usage = {"prompt_tokens": 3, "completion_tokens": 9, "total_tokens": 12}
    tree = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "model": "gpt-4o",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": usage,
        **more,
    }
    return Reply("application/json", json.dumps(tree).encode())


def _tool_result(text: str) -> Exchange:
    call = {"id": "call_1", "type": "function", "function": {"name": "run", "arguments": "{}"}}
    messages = [
        {"role": "user", "content": "Go"},
        {"role": "assistant", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_1", "content": text},
    ]
    return Exchange(body=json.dumps({"model": "gpt-4o", "messages": messages}))


def _anthropic_request(text: str) -> Exchange:
    result = {
        "role": "user",
        "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": [{"type": "text", "text": text}]}],
    }
    return Exchange(
        body=json.dumps({"model": "claude", "system": "Be brief.", "messages": [result]}),
        reply=DIALECTS["anthropic"](["Yes."]),
    )


def _gemini_request(text: str) -> Exchange:
    parts = [{"functionResponse": {"name": "run", "response": {"output": text}}}]
    return Exchange(
        body=json.dumps({"contents": [{"role": "user", "parts": parts}]}), reply=DIALECTS["gemini"](["Yes."])
    )


def _pieces(text: str, dice: Random) -> list[str]:
    """Return the text in pieces of some characters each."""
    pieces, place = [], 0
    while place < len(text):
        size = dice.randrange(1, 9)
        pieces.append(text[place : place + size])
        place += size
    return pieces


def carried(planting: Planting, text: str) -> Recording:
    """Return a recording with a text in a message, a tool result or an answer, whichever the dice choose."""
    dice = planting.dice
    dialect = dice.choice([*DIALECTS])
    carriers: dict[str, Callable[[], Exchange]] = {
        "request message": lambda: Exchange(body=asked(text)),
        "tool result": lambda: _tool_result(text),
        "anthropic tool result": lambda: _anthropic_request(text),
        "gemini function response": lambda: _gemini_request(text),
        "answer": lambda: Exchange(reply=answer(text)),
        f"one chunk of {dialect}": lambda: Exchange(reply=DIALECTS[dialect]([text])),
        f"many chunks of {dialect}": lambda: Exchange(reply=DIALECTS[dialect](_pieces(text, dice))),
        f"reasoning of {dialect}": lambda: Exchange(reply=DIALECTS[dialect](_pieces(text, dice), "reasoning")),
        f"tool arguments of {dialect}": lambda: Exchange(
            reply=DIALECTS[dialect](_pieces(json.dumps({"command": text}), dice), "tool")
        ),
        "event of an unknown stream": lambda: Exchange(reply=server_sent([{"log": {"output": text}}])),
    }
    note = dice.choice([*carriers])
    return planting.written(carriers[note](), note=f"{note},")
