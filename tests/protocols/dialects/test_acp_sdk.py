"""Agent Client Protocol: random sessions of the official Python SDK (agent-client-protocol), which also accumulates them."""

import json

from acp import schema
from acp.contrib.session_state import SessionAccumulator
from hypothesis import given, settings
from hypothesis import strategies as st

import viewer


def made(kind, **fields):
    """Values of a model. Fields that are not given have their defaults."""
    return st.fixed_dictionaries(fields).map(lambda given: kind(**given))


TEXTS = st.text("ab é\n\"{'", max_size=4)
RAW = st.none() | st.dictionaries(st.sampled_from(["path", "a"]), TEXTS | st.integers(0, 9), max_size=2)
MESSAGE_IDS = st.sampled_from([None, "m1", "m2"])
texts = made(schema.TextContentBlock, type=st.just("text"), text=TEXTS)
image = schema.ImageContentBlock(type="image", data="eA==", mime_type="image/png")
audio = schema.AudioContentBlock(type="audio", data="eA==", mime_type="audio/wav")
link = schema.ResourceContentBlock(type="resource_link", name="map", uri="file:///map")
resource = schema.EmbeddedResourceContentBlock(
    type="resource", resource=schema.TextResourceContents(uri="file:///log", text="a log")
)
blocks = texts | st.sampled_from([image, audio, link, resource])
outputs = st.lists(
    made(schema.ContentToolCallContent, type=st.just("content"), content=blocks)
    | made(schema.FileEditToolCallContent, type=st.just("diff"), path=st.just("/a"), new_text=TEXTS)
    | st.just(schema.TerminalToolCallContent(type="terminal", terminal_id="t")),
    max_size=2,
)
call_fields = {
    "tool_call_id": st.sampled_from(["c1", "c2", "c3"]),
    "status": st.sampled_from([None, "pending", "in_progress", "completed", "failed"]),
    "content": st.none() | outputs,
    "raw_input": RAW,
    "raw_output": RAW,
}
entries = st.lists(
    made(schema.PlanEntry, content=TEXTS, priority=st.just("low"), status=st.just("pending")), max_size=2
)


def update(kind, name, **fields):
    return made(kind, session_update=st.just(name), **fields)


chunks = {"content": blocks, "message_id": MESSAGE_IDS}
UPDATES = st.one_of(
    update(schema.AgentMessageChunk, "agent_message_chunk", **chunks),
    update(schema.AgentThoughtChunk, "agent_thought_chunk", **chunks),
    update(schema.UserMessageChunk, "user_message_chunk", **chunks),
    update(schema.ToolCallStart, "tool_call", title=st.sampled_from(["Read", "Edit"]), **call_fields),
    update(schema.ToolCallProgress, "tool_call_update", title=st.sampled_from([None, "Read /a"]), **call_fields),
    update(schema.AgentPlanUpdate, "plan", entries=entries),
    update(
        schema.AgentPlanContentUpdate,
        "plan_update",
        plan=made(schema.PlanUpdateItems, type=st.just("items"), plan_id=st.just("p"), entries=entries)
        | made(schema.PlanUpdateMarkdown, type=st.just("markdown"), plan_id=st.just("p"), content=TEXTS)
        | st.just(schema.PlanUpdateFile(type="file", plan_id="p", uri="file:///plan.md")),
    ),
    update(schema.AgentPlanRemovedUpdate, "plan_removed", plan_id=st.just("p")),
    update(schema.AvailableCommandsUpdate, "available_commands_update", available_commands=st.just([])),
    update(schema.CurrentModeUpdate, "current_mode_update", current_mode_id=st.just("ask")),
    update(schema.ConfigOptionUpdate, "config_option_update", config_options=st.just([])),
    update(schema.SessionInfoUpdate, "session_info_update", title=st.none() | TEXTS),
    update(schema.UsageUpdate, "usage_update", used=st.just(9), size=st.just(99)),
)
COUNTS = st.none() | st.integers(0, 99)
REPLIES = made(
    schema.PromptResponse,
    stop_reason=st.sampled_from(["end_turn", "max_tokens", "max_turn_requests", "refusal", "cancelled"]),
    usage=st.none()
    | made(
        schema.Usage,
        total_tokens=st.integers(0, 99),
        input_tokens=st.integers(0, 99),
        output_tokens=st.integers(0, 99),
        thought_tokens=COUNTS,
        cached_read_tokens=COUNTS,
        cached_write_tokens=COUNTS,
    ),
)


def dumped(model):
    """As the SDK writes a model to the other side."""
    return model.model_dump(mode="json", by_alias=True, exclude_none=True)


def message(**fields):
    return json.dumps({"jsonrpc": "2.0", **fields}) + "\n"


def text_of(chunks):
    return "".join(one.content.text for one in chunks if one.content.type == "text")


def without_a_reset(updates):
    """Tool calls begin once. The SDK forgets the arguments of one that begins again."""
    begun = set()
    for one in updates:
        if one.session_update == "tool_call":
            if one.tool_call_id not in begun:
                yield one
            begun.add(one.tool_call_id)
        elif one.session_update == "tool_call_update":
            begun.add(one.tool_call_id)
            yield one
        else:
            yield one


@settings(max_examples=60)
@given(st.lists(UPDATES, min_size=1, max_size=12).map(without_a_reset).map(list), REPLIES)
def test_what_the_sdk_accumulates_is_read(updates, reply):
    session = SessionAccumulator()
    notes = [schema.SessionNotification(session_id="s", update=one) for one in updates]
    lines = [message(method="session/update", params=dumped(note)) for note in notes]
    for line in lines:
        session.apply(schema.SessionNotification.model_validate(json.loads(line)["params"]))
    heard = session.snapshot()

    stream = viewer.load("".join([*lines, message(id=3, result=dumped(reply))]).encode()).streams[0]

    assert (stream.protocol, stream.finish_reason, stream.complete) == ("acp", reply.stop_reason, True)
    assert stream.text() == text_of(heard.agent_messages)
    assert stream.text("reasoning") == text_of(heard.agent_thoughts)
    calls = [(one.id, one.name, json.loads(one.arguments or "null")) for one in stream.tool_calls]
    assert calls == [(key, one.title or "", one.raw_input) for key, one in heard.tool_calls.items()]
    usage = reply.usage
    if usage:
        assert stream.usage.total == usage.total_tokens
        assert stream.usage.reasoning == usage.thought_tokens
        assert (stream.usage.cache_read, stream.usage.cache_write) == (
            usage.cached_read_tokens,
            usage.cached_write_tokens,
        )
    assert (stream.usage is None) == (usage is None)
    assert [one.message for one in stream.problems if "unknown" in one.message] == []
    others = stream.text("other")
    assert all(entry.content in others for entry in heard.plan_entries)
    assert text_of(heard.user_messages[:1]) in others
