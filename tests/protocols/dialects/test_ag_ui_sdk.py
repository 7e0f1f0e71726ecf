"""AG-UI: random runs written by the official encoder (ag-ui-protocol), against its event models, put together by the specification."""

import json

from ag_ui.core import events as ag
from ag_ui.core import types
from ag_ui.encoder import EventEncoder
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

import viewer

EVENT = TypeAdapter(ag.Event)
LETTERS = {"m1": "aA é", "m2": 'bB\n"', "m3": "cC{"}
"""The letters that only the message with this id has, so that its text is found among others."""
ARGUMENTS = ['{"at":"sea"}', "{}", '{"at":', "not JSON"]
AGENTS = st.sampled_from([None, "sub1", "sub2"])


def cut(draw, text):
    place = draw(st.integers(0, len(text)))
    return [text[:place], text[place:]]


@st.composite
def text_messages(draw, identity):
    """A message in events or in chunks. Chunks after the first need no id, but then nothing of the same agent may come between."""
    role = draw(st.sampled_from([None, "assistant", "assistant", "user", "system", "developer"]))
    deltas = draw(st.lists(st.text(LETTERS[identity], max_size=3), max_size=4))
    # Only one message of an agent is open at a time, so each message has its agent.
    agent = {"m1": None, "m2": "sub1", "m3": "sub2"}[identity]
    if draw(st.booleans()):
        first = ag.TextMessageChunkEvent(message_id=identity, role=role, subagent_run_id=agent)
        return [first, *[ag.TextMessageChunkEvent(delta=delta, subagent_run_id=agent) for delta in deltas]]
    content = [ag.TextMessageContentEvent(message_id=identity, delta=delta, subagent_run_id=agent) for delta in deltas]
    start = ag.TextMessageStartEvent(message_id=identity, role=role, subagent_run_id=agent)
    return [start, *content, ag.TextMessageEndEvent(message_id=identity, subagent_run_id=agent)]


@st.composite
def calls(draw, identity):
    arguments = draw(st.sampled_from(ARGUMENTS))
    agent = {"c1": None, "c2": "sub1"}[identity]
    pieces = cut(draw, arguments)
    if draw(st.booleans()):
        first = ag.ToolCallChunkEvent(tool_call_id=identity, tool_call_name="radar", subagent_run_id=agent)
        events = [first, *[ag.ToolCallChunkEvent(delta=piece, subagent_run_id=agent) for piece in pieces]]
    else:
        deltas = [ag.ToolCallArgsEvent(tool_call_id=identity, delta=piece) for piece in pieces]
        start = ag.ToolCallStartEvent(tool_call_id=identity, tool_call_name="radar", subagent_run_id=agent)
        events = [start, *deltas, ag.ToolCallEndEvent(tool_call_id=identity)]
    content = draw(st.sampled_from(["4 mm", [types.TextPart(text="4 mm")]]))
    return [*events, ag.ToolCallResultEvent(message_id=f"r{identity}", tool_call_id=identity, content=content)]


@st.composite
def reasonings(draw):
    deltas = draw(st.lists(st.text("xX é\n", max_size=3), max_size=3))
    if draw(st.booleans()):
        first = ag.ReasoningMessageChunkEvent(message_id="r")
        return [first, *[ag.ReasoningMessageChunkEvent(delta=delta) for delta in deltas]]
    content = [ag.ReasoningMessageContentEvent(message_id="r", delta=delta) for delta in deltas]
    start = [ag.ReasoningStartEvent(message_id="r"), ag.ReasoningMessageStartEvent(message_id="r", role="reasoning")]
    secret = ag.ReasoningEncryptedValueEvent(subtype="message", entity_id="r", encrypted_value="x" * 99)
    return [*start, *content, ag.ReasoningMessageEndEvent(message_id="r"), secret, ag.ReasoningEndEvent(message_id="r")]


SETTINGS = [
    ag.StateSnapshotEvent(snapshot={"mm": 4}),
    ag.StateDeltaEvent(delta=[{"op": "replace", "path": "/mm", "value": 5}]),
    ag.ActivitySnapshotEvent(message_id="p", activity_type="PLAN", content={"text": "Look at the radar."}),
    ag.ActivityDeltaEvent(message_id="p", activity_type="PLAN", patch=[{"op": "remove", "path": "/text"}]),
    ag.RawEvent(event={"text": "a b"}),
    ag.CustomEvent(name="progress", value={"percent": 50}),
    ag.StepStartedEvent(step_name="agent"),
    ag.StepFinishedEvent(step_name="agent"),
    ag.SubagentStartedEvent(subagent_run_id="sub1", name="radar", description="Reads the radar."),
    ag.SubagentFinishedEvent(subagent_run_id="sub1", result="It is dry."),
    ag.SubagentErrorEvent(subagent_run_id="sub2", message="The radar is off.", code="off"),
]
COUNTS = st.none() | st.integers(0, 99)
USAGES = st.fixed_dictionaries(
    {
        "model": st.just("gpt-x"),
        "input_tokens": st.integers(0, 99),
        **dict.fromkeys(("output_tokens", "total_tokens", "reasoning_tokens"), COUNTS),
        **dict.fromkeys(("cached_input_tokens", "cache_write_input_tokens"), COUNTS),
    }
).map(lambda counts: ag.TokenUsage(**counts))
INTERRUPT = types.Interrupt(id="i", reason="approval", message="May I?")
OUTCOMES = [
    None,
    ag.RunFinishedSuccessOutcome(),
    ag.RunFinishedInterruptOutcome(interrupts=[INTERRUPT]),
    ag.RunFinishedCancelledOutcome(),
]


@st.composite
def runs(draw):
    parts = [draw(text_messages(identity)) for identity in draw(st.sets(st.sampled_from(list(LETTERS))))]
    parts += [draw(calls(identity)) for identity in draw(st.sets(st.sampled_from(["c1", "c2"])))]
    parts += [draw(reasonings()), draw(st.lists(st.sampled_from(SETTINGS), max_size=4))]
    events = [ag.RunStartedEvent(thread_id="t", run_id="1")]
    while left := [part for part in parts if part]:
        events.append(draw(st.sampled_from(left)).pop(0))
    usage = draw(st.none() | st.lists(USAGES, min_size=1, max_size=2))
    if draw(st.booleans()):
        return [*events, ag.RunErrorEvent(message="No more.", code="limit", usage=usage)]
    outcome, result = draw(st.sampled_from(OUTCOMES)), draw(st.sampled_from([None, {"mm": 4}]))
    end = ag.RunFinishedEvent(thread_id="t", run_id="1", outcome=outcome, result=result, usage=usage)
    return [*events, end]


class Heard:
    """What the specification makes of events: https://docs.ag-ui.com/concepts/events."""

    def __init__(self, events):
        self.messages, self.calls, self.reasoning, self.results = {}, {}, "", {}
        roles, open_message, open_call = {}, {}, {}
        for event in events:
            agent = getattr(event, "subagent_run_id", None)
            match event:
                case ag.TextMessageStartEvent() | ag.TextMessageChunkEvent() | ag.TextMessageContentEvent():
                    key = open_message[agent] = event.message_id or open_message.get(agent)
                    roles.setdefault(key, getattr(event, "role", None) or "assistant")
                    if roles[key] == "assistant":
                        self.messages[key] = self.messages.get(key, "") + (getattr(event, "delta", None) or "")
                case ag.ToolCallStartEvent() | ag.ToolCallChunkEvent() | ag.ToolCallArgsEvent():
                    key = event.tool_call_id or open_call.get(agent)
                    if not isinstance(event, ag.ToolCallArgsEvent):
                        open_call[agent] = key
                    self.calls[key] = self.calls.get(key, "") + (getattr(event, "delta", None) or "")
                case ag.ReasoningMessageContentEvent() | ag.ReasoningMessageChunkEvent():
                    self.reasoning += event.delta or ""


def total(usage, name):
    counts = [getattr(one, name) for one in usage or [] if getattr(one, name) is not None]
    return sum(counts) if counts else None


@settings(max_examples=60)
@given(runs())
def test_what_the_events_say_is_read(run):
    body = "".join(map(EventEncoder().encode, run)).encode()
    events = [EVENT.validate_python(json.loads(frame[len("data: ") :])) for frame in body.decode().split("\n\n")[:-1]]
    heard, end = Heard(events), events[-1]

    stream = viewer.load(body).streams[0]

    assert stream.protocol == "ag-ui"
    for key, letters in LETTERS.items():
        said = "".join(letter for letter in stream.text() if letter in letters)
        assert said == heard.messages.get(key, "")
    assert stream.text("reasoning") == heard.reasoning
    assert {call.id: (call.name, call.arguments) for call in stream.tool_calls} == {
        key: ("radar", arguments) for key, arguments in heard.calls.items()
    }
    assert stream.text("other").count("4 mm") == len(heard.calls)
    if isinstance(end, ag.RunErrorEvent):
        assert (stream.error.message, stream.error.code, stream.complete) == ("No more.", "limit", False)
    else:
        assert (stream.error, stream.complete) == (None, True)
        assert stream.finish_reason == (end.outcome.type if end.outcome else None)
        assert end.result is None or '{"mm":4}' in stream.text("other")
    names = ["input_tokens", "output_tokens", "total_tokens", "reasoning_tokens"]
    names += ["cached_input_tokens", "cache_write_input_tokens"]
    usage = stream.usage
    found = (
        [usage.input, usage.output, usage.total, usage.reasoning, usage.cache_read, usage.cache_write] if usage else []
    )
    assert found == ([total(end.usage, name) for name in names] if end.usage else [])
    assert [one.message for one in stream.problems if "unknown" in one.message] == []


def test_every_event_type_is_known():
    texts = [getattr(event, name, "") for event in SETTINGS for name in ("description", "message", "result")]
    run = [ag.RunStartedEvent(thread_id="t", run_id="1"), *SETTINGS, ag.RunFinishedEvent(thread_id="t", run_id="1")]
    stream = viewer.load("".join(map(EventEncoder().encode, run)).encode()).streams[0]
    assert (stream.problems, stream.error, stream.text()) == ([], None, "")
    assert all(text in stream.text("other") for text in texts if text)
    assert "Look at the radar." in stream.text("other")
