"""The session of an agent, derived from its recorded requests: which call continues which conversation, and where turns begin.

A request continues a conversation if it brings the result of a tool that was called in it, or if it repeats its messages. A
conversation that begins with the words of a tool call is that of a subagent. Nothing else is guessed: if the conversations of a
recording do not fit together, it has no session.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from viewer.conversation.call_times import length_of
from viewer.conversation.messages import Message
from viewer.conversation.steps import MadeCall, Step, made_calls_of, steps_of, tool_calls_of
from viewer.conversation.tool_results import is_model
from viewer.streams.answer import Answer
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream
from viewer.text.json import json_in, mapping, only_text
from viewer.types.http import Moment
from viewer.types.sessions import Agent, CallPlace, Session, ToolRun, Turn

# Shorter words of a tool call may stand in any message.
_QUOTED_CHARACTERS = 40
# A subagent begins soon after the call that starts it.
_STEPS_BACK = 24
_KIND_FIELDS = ("subagent_type", "agent_type", "agent", "role")

_Made = Mapping[int, Sequence[MadeCall]]


def session_of(cassette: Cassette) -> Session | None:
    """Return the session that the file of a cassette holds, or else the one derived from its requests. Return None if neither exists."""
    return cassette.session or derive_session(cassette)


def derive_session(cassette: Cassette) -> Session | None:
    """Derive a session from the requests of a cassette: one conversation of several calls, and those of its subagents.

    Other single calls, such as one for a title, count as agents that nobody started. Return None if there is no such session.
    """
    steps = steps_of(cassette)
    if len(steps) < 2:
        return None
    made = dict(zip((step.index for step in steps), made_calls_of(steps), strict=True))
    threads = _threads(steps, made)
    main = next((thread for thread in threads if thread.goes_on), None)
    if main is None or not _is_one_agent(main, threads):
        return None
    threads.sort(key=lambda thread: thread is not main)
    agent_of = {step.index: agent for agent, thread in enumerate(threads) for step in thread.steps}
    begins = _turn_begins(main)
    places = [CallPlace()] * len(cassette.interactions)
    for step in steps:
        turn = max(0, sum(begin <= step.index for begin in begins) - 1)
        places[step.index] = CallPlace(agent_of[step.index], turn, *_times(step))
    return Session(
        program="",
        agents=tuple(_agent(thread, agent_of) for thread in threads),
        turns=tuple(_turn(turn, main, places) for turn in range(len(begins))),
        calls=tuple(places),
        tool_runs=tuple(_runs(made, places)),
        call_grade="measured",
        tool_grade="bounded",
    )


class _Start(NamedTuple):
    """The tool call that started a subagent."""

    interaction: int
    call_id: str
    kind: str


@dataclass(slots=True)
class _Thread:
    """The calls of one conversation."""

    steps: list[Step]
    start: _Start | None = None
    goes_on: bool = False
    """Whether a call continues another one. A request that is only repeated does not."""
    said: list[Message] = field(default_factory=list)
    """The messages of the last request."""
    answers: list[str] = field(default_factory=list)
    """What the model wrote to the last request, each time that it was sent."""


def _said(step: Step) -> list[Message]:
    """Return the messages of a request without those of the system, which programs change between calls."""
    return [one for one in step.conversation.messages if one.role.lower() not in ("system", "developer")]


def _threads(steps: Sequence[Step], made: _Made) -> list[_Thread]:
    """Return the conversations in the order in which they begin."""
    asked_by = {
        call.answered_by: step for step, calls in made.items() for call in calls if call.answered_by is not None
    }
    threads: list[_Thread] = []
    thread_of: dict[int, _Thread] = {}
    for place, step in enumerate(steps):
        said = _said(step)
        thread = thread_of.get(asked_by.get(step.index, -1)) or _continued(said, threads)
        if thread is None or (thread.start and said == thread.said):
            # Two subagents can be given the same words.
            begun = {one.start for one in threads if one.start}
            start = _start_of(said, steps[max(0, place - _STEPS_BACK) : place], made, step.index, begun)
            thread = _Thread([], start) if start or thread is None else thread
        if not thread.steps:
            threads.append(thread)
        else:
            thread.goes_on |= step.index in asked_by or len(said) > len(thread.said)
        thread.steps.append(step)
        thread.answers = [*(thread.answers if said == thread.said else ()), _text_of(step.decoded.reply)]
        thread.said = said
        thread_of[step.index] = thread
    return threads


def _is_one_agent(main: _Thread, threads: Sequence[_Thread]) -> bool:
    """Tell whether most calls are those of one conversation and its subagents, and no other conversation goes on."""
    own = sum(len(thread.steps) for thread in threads if thread is main or thread.start)
    others = [thread for thread in threads if thread is not main and not thread.start]
    return own > sum(len(thread.steps) for thread in others) and not any(thread.goes_on for thread in others)


def _continued(said: list[Message], threads: Sequence[_Thread]) -> _Thread | None:
    """Return the conversation that messages repeat, the longest of several."""
    repeated = [
        one
        for one in threads
        if one.said and said[: len(one.said)] == one.said and _holds_answer(said[len(one.said) :], one.answers)
    ]
    return max(repeated, key=lambda one: len(one.said), default=None)


def _holds_answer(following: Sequence[Message], answers: Sequence[str]) -> bool:
    """Tell whether messages after those of a request go on from an answer to it. Programs leave thinking out of an answer."""
    if not following or not is_model(following[0].role) or not all(answers):
        return True
    repeated = " ".join(word for part in following[0].parts if part.kind == "text" for word in part.text.split())
    return not repeated or any(repeated in answer or answer in repeated for answer in answers)


def _text_of(reply: Stream | Answer | None) -> str:
    """Return the text of an answer with single spaces, as programs may trim it."""
    text = reply.text() if isinstance(reply, Stream) else reply.text if reply else ""
    return " ".join(text.split())


def _start_of(
    said: list[Message], before: Sequence[Step], made: _Made, index: int, begun: Collection[_Start]
) -> _Start | None:
    """Return the tool call without a result so far whose words a conversation begins with, and which began no other."""
    texts = [part.text.strip() for part in said[0].parts if part.kind == "text"] if said else []
    for step in reversed(before):
        for call, answered in zip(tool_calls_of(step), made[step.index], strict=True):
            if answered.answered_by is not None and answered.answered_by < index:
                continue
            given = mapping(json_in(call.arguments))
            if any(_quotes(text, word) for text in texts for word in map(only_text, given.values())):
                kind = next((only_text(given[name]) for name in _KIND_FIELDS if only_text(given.get(name))), "")
                start = _Start(step.index, call.id, kind)
                if start not in begun:
                    return start
    return None


def _quotes(text: str, words: str) -> bool:
    words = words.strip()
    return bool(words) and (text == words or (len(words) >= _QUOTED_CHARACTERS and words in text))


def _turn_begins(main: _Thread) -> list[int]:
    """Return the interactions whose requests bring a prompt of the user, and not results of tools."""
    begins: list[int] = []
    before: list[Message] = []
    for step in main.steps:
        said = _said(step)
        last = max((at for at, message in enumerate(said) if is_model(message.role)), default=-1)
        kinds = {part.kind for message in said[last + 1 :] for part in message.parts}
        if not begins or (said != before and "text" in kinds and "tool_result" not in kinds):
            begins.append(step.index)
        before = said
    return begins


def _times(step: Step) -> tuple[Moment | None, Moment | None, Moment | None]:
    """Return `given`, `first` and `ended` of a call by the recorder's own times.

    The model counts as working from the moment when the request was sent, so that moment is `first` too.
    """
    begin, length = step.decoded.interaction.times.started, length_of(step.decoded)
    if begin is None or length.value is None or length.grade != "measured":
        return begin, begin, None
    return begin, begin, Moment(begin.epoch_s + length.value, begin.resolution_s)


def _turn(turn: int, main: _Thread, places: Sequence[CallPlace]) -> Turn:
    own = [places[step.index] for step in main.steps if places[step.index].turn == turn]
    return Turn(own[0].given, own[-1].ended)


def _runs(made: _Made, places: Sequence[CallPlace]) -> Iterator[ToolRun]:
    """Yield the runs of tools. Each lies between the end of the call and the request that brings its result."""
    for index, calls in made.items():
        for call in calls:
            returned = None if call.answered_by is None else places[call.answered_by].given
            yield ToolRun(index, call.id, places[index].ended, returned, is_error=call.failed)


def _agent(thread: _Thread, agent_of: Mapping[int, int]) -> Agent:
    if thread.start is None:
        return Agent()
    return Agent(
        name=thread.start.kind,
        parent=agent_of[thread.start.interaction],
        started_in=thread.start.interaction,
        started_by=thread.start.call_id,
    )
