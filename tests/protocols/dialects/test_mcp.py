"""Model Context Protocol over server-sent events: a small synthetic stream for each rule."""

import json

import pytest

import viewer
from viewer.streams.reader import read_stream
from viewer.types.http import Headers, Interaction, Request, Response
from viewer.types.replies import StreamError

DEEP = "[" * 1000 + "]" * 1000


def message(**fields):
    return {"jsonrpc": "2.0", **fields}


def result(**fields):
    return message(id=1, result=fields)


def notification(method, **parameters):
    return message(method=f"notifications/{method}", params=parameters)


def text(content):
    return {"type": "text", "text": content}


def load(*payloads, before=""):
    body = before + "".join(f"event: message\r\ndata: {json.dumps(payload)}\r\n\r\n" for payload in payloads)
    return read(body.replace('"@deep@"', DEEP))


def read(body):
    headers = Headers([("Content-Type", "text/event-stream")])
    response = Response(200, headers=headers, body=body.encode())
    return read_stream(Interaction(Request("POST", "https://example.org/mcp"), response), 0)


def kinds(stream):
    return list(stream.chunks["kind"])


def rows(stream):
    return list(zip(kinds(stream), stream.chunks["text"], strict=True))


def test_the_result_of_a_tool_is_the_content():
    stream = load(
        notification("progress", progressToken=2, progress=1, total=3, message="one of three"),
        notification("message", level="info", logger="x", data="working"),
        result(content=[text("Olá"), text(" mundo")], structuredContent={"result": "Olá mundo"}, isError=False),
        before=": ping - 2026-05-12 22:04:21.196129+00:00\r\n\r\n",
    )
    assert (stream.protocol, stream.provider, stream.text()) == ("mcp-jsonrpc", "example.org", "Olá mundo")
    assert rows(stream) == [
        ("keep_alive", ""),
        ("other", "one of three"),
        ("other", "working"),
        ("content", "Olá"),
        ("content", " mundo"),
    ]
    assert (stream.finish_reason, stream.error, stream.usage, stream.model) == (None, None, None, None)
    assert (stream.complete, stream.problems) == (True, [])


def test_parts_other_than_text_are_not_content():
    parts = [
        {"type": "image", "data": "eA==", "mimeType": "image/png"},
        {"type": "audio", "data": "eA==", "mimeType": "audio/wav"},
        {"type": "resource", "resource": {"uri": "file:///a", "text": "of a file"}},
        {"type": "resource_link", "uri": "file:///b"},
        text(""),
    ]
    assert rows(load(result(content=parts))) == [
        ("other", ""),
        ("audio", ""),
        ("other", "of a file"),
        ("other", ""),
        ("silent", ""),
    ]


def test_a_structured_result_without_a_text_is_of_kind_other():
    stream = load(result(content=[], structuredContent={"a": 1}))
    assert (stream.text(), stream.text("other"), stream.complete) == ("", '{"a":1}', True)


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"protocolVersion": "2025-11-25", "capabilities": {}, "serverInfo": {}, "instructions": "Use it."}, "start"),
        ({"tools": [{"name": "add", "description": "Adds."}]}, "other"),
        ({"prompts": []}, "other"),
        ({"contents": [{"uri": "file:///a", "text": "no answer"}]}, "other"),
        ({"messages": [{"role": "user", "content": text("no answer")}]}, "other"),
        ({}, "other"),
    ],
)
def test_other_results_are_not_content_but_end_the_stream(fields, kind):
    stream = load(result(**fields))
    assert (stream.protocol, kinds(stream), stream.text(), stream.complete) == ("mcp-jsonrpc", [kind], "", True)


def test_a_failed_tool_is_an_error_after_its_content():
    stream = load(result(content=[text("no such city")], isError=True))
    assert (stream.text(), kinds(stream)) == ("no such city", ["content", "error"])
    assert (stream.error, stream.complete) == (StreamError("The tool reports that it failed.", "isError"), False)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ({"code": -32602, "message": "Unknown tool"}, StreamError("Unknown tool", "", "-32602")),
        ({"code": 1}, StreamError('{"code":1}', "", "1")),
        ("broken", StreamError("broken")),
    ],
)
def test_an_error_is_read(error, expected):
    stream = load(message(id=1, error=error))
    assert (stream.protocol, stream.error, kinds(stream), stream.complete) == (
        "mcp-jsonrpc",
        expected,
        ["error"],
        False,
    )


def test_requests_and_notifications_are_of_kind_other_and_do_not_end_the_stream():
    stream = load(
        message(id=7, method="sampling/createMessage", params={"messages": [{"role": "user", "content": text("Hi")}]}),
        message(id=8, method="elicitation/create", params={"message": "Which?"}),
        message(id=9, method="ping"),
        notification("tools/list_changed"),
        notification("message", level="error", data={"msg": "oh"}),
    )
    assert stream.protocol == "mcp-jsonrpc"
    assert rows(stream) == [("other", ""), ("other", ""), ("keep_alive", ""), ("other", ""), ("other", '{"msg":"oh"}')]
    assert (stream.text(), stream.complete) == ("", False)


def test_several_messages_in_one_event_are_read():
    stream = load([notification("message", data="a"), result(content=[text("b")])])
    assert rows(stream) == [("other", "a"), ("content", "b")]
    assert list(stream.chunks["event"]) == [0, 0]
    assert kinds(load([], result(content=[text("b")]))) == ["other", "content"]


def test_the_endpoint_event_of_the_older_transport_is_not_json():
    stream = load(
        result(content=[text("a")]),
        result(content=[text("b")]),
        before="event: endpoint\ndata: /messages/?session_id=1\n\n",
    )
    assert (stream.protocol, stream.text(), stream.problems) == ("mcp-jsonrpc", "ab", [])
    assert kinds(stream) == ["start", "content", "content"]
    assert read("event: endpoint\ndata: /messages/?session_id=1\n\n").protocol == "mcp-jsonrpc"


def test_an_event_without_data_is_a_keep_alive():
    stream = load(result(content=[text("a")]), before="id: 1\ndata:\n\n")
    assert (kinds(stream), stream.text(), stream.complete) == (["keep_alive", "content"], "a", True)


def test_other_json_rpc_is_not_recognised():
    assert load(result(kind="status-update", status={"state": "working"})).protocol == "a2a"
    assert load({"id": 1, "result": {"content": []}}).protocol == "generic"
    assert load(result(content=[], kind="x")).protocol == "mcp-jsonrpc"
    assert load(notification("progress"), result(kind="x")).protocol == "mcp-jsonrpc"


def test_json_lines_are_read_like_events():
    lines = [notification("message", data="a"), result(content=[text("b")])]
    body = "".join(f"{json.dumps(line)}\n" for line in lines)
    stream = viewer.load(body.encode()).streams[0]
    assert (stream.protocol, rows(stream)) == ("mcp-jsonrpc", [("other", "a"), ("content", "b")])


def test_a_truncated_result_is_reported():
    body = f"data: {json.dumps(notification('message', data='a'))}\n\ndata: {json.dumps(result(content=[text('b')]))}"
    stream = read(body[:-12])
    assert rows(stream) == [("other", "a"), ("other", "")]
    assert not stream.complete
    assert "cut off" in stream.problems[0].message


@pytest.mark.parametrize("odd", [None, 7, -0.5, 10**30, True, "text", [], [7, None], {}, {"id": []}, "@deep@"])
def test_a_malformed_message_does_not_affect_others(odd):
    payloads = [message(**{field: odd}) for field in ("id", "method", "params", "result", "error")]
    payloads += [message(method=method, params=odd) for method in ("notifications/message", "notifications/progress")]
    payloads += [notification("message", data=odd), notification("progress", message=odd)]
    payloads += [message(error={"message": odd, "code": odd}), odd, [odd, odd]]
    payloads += [result(content=odd, isError=odd, structuredContent=odd), result(protocolVersion=odd)]
    payloads += [
        result(content=[odd, {"type": odd}, {"type": "text", "text": odd}, {"type": "resource", "resource": odd}])
    ]
    stream = load(result(content=[text("still")]), *payloads, result(content=[text(" here")]))
    assert stream.protocol == "mcp-jsonrpc"
    assert stream.chunks["event"].nunique() == len(payloads) + 2
    assert stream.text().startswith("still")
    assert stream.text().endswith(" here")


@pytest.mark.parametrize(
    "messages",
    [
        [{"method": "session/update", "params": {"update": {"content": {"type": "text", "text": "High tide."}}}}] * 3,
        [{"result": {"protocolVersion": 1, "agentCapabilities": {}}}, {"result": {"stopReason": "end_turn"}}],
        [{"method": "textDocument/publishDiagnostics", "params": {}}, {"result": {"contents": "x"}}] * 2,
        [{"method": "fs/read_text_file"}, {"result": {"content": "High tide."}}, {"method": "session/update"}],
    ],
)
def test_json_rpc_with_the_methods_of_another_protocol_is_not_recognised(messages):
    stream = load(*({"jsonrpc": "2.0", "id": index, **one} for index, one in enumerate(messages)))
    assert stream.protocol != "mcp-jsonrpc"
    assert "".join(stream.chunks["text"])
