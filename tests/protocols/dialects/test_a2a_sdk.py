"""Agent2Agent: random streams, in all four forms on the wire, against the official Python client (a2a-sdk)."""

import asyncio
import json

import httpx
import pytest
from a2a.client.transports.jsonrpc import JsonRpcTransport
from a2a.client.transports.rest import RestTransport
from a2a.compat.v0_3 import conversions, proto_utils
from a2a.compat.v0_3.jsonrpc_transport import CompatJsonRpcTransport
from a2a.compat.v0_3.rest_transport import CompatRestTransport
from a2a.server.tasks.task_manager import append_artifact_to_task
from a2a.types import (
    AgentCapabilities,
    AgentCard,
    Artifact,
    Message,
    Part,
    Role,
    SendMessageRequest,
    StreamResponse,
    Task,
    TaskArtifactUpdateEvent,
    TaskState,
    TaskStatus,
    TaskStatusUpdateEvent,
)
from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.struct_pb2 import Value
from hypothesis import given, settings
from hypothesis import strategies as st

import viewer

LETTERS = {"one": "aA é", "two": "bB\n", "three": 'cC"'}
"""The letters that only the artifact of this name has, so that its text is found among others."""
MESSAGE_LETTERS = "xyz"
ENDS = [TaskState.TASK_STATE_COMPLETED, TaskState.TASK_STATE_CANCELED, TaskState.TASK_STATE_INPUT_REQUIRED]
ENDS += [TaskState.TASK_STATE_AUTH_REQUIRED, TaskState.TASK_STATE_FAILED, TaskState.TASK_STATE_REJECTED]
FAILED = {TaskState.TASK_STATE_FAILED: "failed", TaskState.TASK_STATE_REJECTED: "rejected"}
THOUGHT = {"adk_thought": True}


def part(text, metadata=None):
    return Part(text=text, metadata=metadata)


def parts_of(letters):
    texts = st.text(letters, max_size=4)
    data = st.sampled_from([{"mm": 4}, ["rain"], "wet", 7, True]).map(lambda one: Part(data=ParseDict(one, Value())))
    files = st.sampled_from([Part(raw=b"png", media_type="image/png"), Part(url="https://example.org/map.png")])
    return st.lists(st.builds(part, texts) | st.builds(part, texts, st.just(THOUGHT)) | data | files, max_size=3)


def message(parts):
    return Message(message_id="m", role=Role.ROLE_AGENT, parts=parts)


@st.composite
def artifact_updates(draw):
    name = draw(st.sampled_from(list(LETTERS)))
    artifact = Artifact(artifact_id=name, parts=draw(parts_of(LETTERS[name])))
    update = TaskArtifactUpdateEvent(task_id="t", context_id="c", artifact=artifact, append=draw(st.booleans()))
    return StreamResponse(artifact_update=update)


def status_updates(states, messages):
    statuses = st.builds(TaskStatus, state=states, message=messages)
    updates = st.builds(TaskStatusUpdateEvent, task_id=st.just("t"), context_id=st.just("c"), status=statuses)
    return updates.map(lambda update: StreamResponse(status_update=update))


@st.composite
def streams(draw):
    """A task with updates to its end, as the protocol lets a server send it, or a message alone."""
    messages = st.none() | parts_of(MESSAGE_LETTERS).map(message)
    if draw(st.integers(0, 9)) == 0:
        return [StreamResponse(message=message(draw(parts_of(MESSAGE_LETTERS))))]
    task = Task(id="t", context_id="c", status=TaskStatus(state=TaskState.TASK_STATE_SUBMITTED))
    working = st.just(TaskState.TASK_STATE_WORKING)
    events = [StreamResponse(task=task)] if draw(st.booleans()) else []
    events += draw(st.lists(artifact_updates() | status_updates(working, messages), max_size=8))
    known = set()
    for event in events:
        if event.HasField("artifact_update"):
            # A client refuses a piece of an artifact that it does not know.
            event.artifact_update.append &= event.artifact_update.artifact.artifact_id in known
            known.add(event.artifact_update.artifact.artifact_id)
    return [*events, draw(status_updates(st.sampled_from(ENDS), messages))]


def rpc(result):
    return json.dumps({"jsonrpc": "2.0", "id": "1", "result": result})


def in_03(event):
    return conversions.to_compat_stream_response(event).result


WIRES = {
    "1.0 JSON-RPC": (JsonRpcTransport, lambda event: rpc(MessageToDict(event))),
    "1.0 REST": (RestTransport, lambda event: json.dumps(MessageToDict(event))),
    "0.3 JSON-RPC": (
        CompatJsonRpcTransport,
        lambda event: rpc(in_03(event).model_dump(mode="json", by_alias=True, exclude_none=True)),
    ),
    "0.3 REST": (
        CompatRestTransport,
        lambda event: json.dumps(MessageToDict(proto_utils.ToProto.stream_response(in_03(event)))),
    ),
}
"""By version and binding: what reads it in the official client, and how a server writes an event."""


async def received(transport, body):
    """What the official client gives to its caller."""
    headers = {"content-type": "text/event-stream"}
    answer = httpx.MockTransport(lambda _: httpx.Response(200, headers=headers, content=body))
    card = AgentCard(capabilities=AgentCapabilities(streaming=True))
    async with httpx.AsyncClient(transport=answer) as client:
        ask = SendMessageRequest(message=message([part("?")]))
        return [one async for one in transport(client, card, "http://local").send_message_streaming(ask)]


def text_of(parts, *, is_thought=False):
    return "".join(one.text for one in parts if (one.metadata.fields["adk_thought"].bool_value is True) == is_thought)


def letters(text, of):
    return "".join(letter for letter in text if letter in of)


@pytest.mark.parametrize("wire", WIRES)
@settings(max_examples=25)
@given(events=streams())
def test_what_the_client_assembles_is_read(wire, events):
    transport, write = WIRES[wire]
    body = "".join(f"data: {write(event)}\r\n\r\n" for event in events).encode()
    heard = asyncio.run(received(transport, body))
    task = Task(id="t")
    for one in heard:
        if one.HasField("artifact_update"):
            append_artifact_to_task(task, one.artifact_update)

    stream = viewer.load(body).streams[0]

    assert stream.protocol == "a2a"
    for kind, is_thought in (("content", False), ("reasoning", True)):
        for artifact in task.artifacts:
            expected = text_of(artifact.parts, is_thought=is_thought)
            assert letters(stream.text(kind), LETTERS[artifact.artifact_id]) == expected
    last = heard[-1].message if heard[-1].HasField("message") else heard[-1].status_update.status.message
    state = heard[-1].status_update.status.state
    if state in FAILED:
        message_text = "".join(one.text for one in last.parts) or f"The task is {FAILED[state]}."
        assert (stream.error.message, stream.error.type) == (message_text, FAILED[state])
    elif "content" in set(stream.chunks["kind"]):
        assert letters(stream.text(), MESSAGE_LETTERS).endswith(text_of(last.parts))
    if state and state not in FAILED:
        said = stream.finish_reason.upper().replace("-", "_").replace("CANCELLED", "CANCELED")
        assert f"TASK_STATE_{said.removeprefix('TASK_STATE_')}" == TaskState.Name(state)
    assert not [one for one in stream.problems if one.severity != "note" and "unknown" in one.message]
    data = [
        str(value) for one in heard for part in parts_in(one) for value in values(MessageToDict(part).get("data", []))
    ]
    others = stream.text("other").casefold()
    assert all(one.casefold() in others for one in data) or stream.error


def parts_in(event):
    return [*event.artifact_update.artifact.parts, *event.status_update.status.message.parts, *event.message.parts]


def values(data):
    """The values in the data of a part. Version 0.3 puts those that are no object into one."""
    inside = data.values() if isinstance(data, dict) else data if isinstance(data, list) else [data]
    return [f"{one:.0f}" if isinstance(one, float) else one for one in inside]
