"""Synthetic WebSocket cassettes of Pydantic AI's tests, made from Python values."""

import json

import pytest
import yaml

import viewer
from tests.support.yaml_dumper import written

EVENTS = [
    {"type": "session.created", "session": {"model": "gpt-realtime"}},
    {"type": "response.output_text.delta", "delta": "Ol\u00e1\n"},
]
ASKED = {"type": "response.create", "tools": [], "temperature": 0.5, "none": None}


def message(direction, data, **changed):
    return {"kind": "message", "direction": direction, "data": data, **changed}


def load(*items):
    return viewer.load(written(*items), "a.yaml")


CALL = [message("received", EVENTS[0]), message("sent", ASKED), message("received", EVENTS[1])]


def test_the_connection_is_one_interaction_with_one_message_per_line():
    loaded = load(*CALL)
    assert (loaded.format, loaded.format_version) == ("ws-yaml", "1")
    [exchange] = loaded.interactions
    assert (exchange.request.method, exchange.request.url, exchange.response.status) == ("GET", "", 101)
    assert [json.loads(line) for line in exchange.request.body.splitlines()] == [ASKED]
    assert exchange.response.content_type == "application/x-ndjson"
    assert [json.loads(line) for line in exchange.response.body.splitlines()] == EVENTS
    assert exchange.response.body.endswith(b"\n")
    [stream] = loaded.streams
    assert stream.chunks["event"].nunique() == 2
    [connection] = exchange.connections
    assert [one.is_sent for one in connection.frames] == [False, True, False]
    assert (connection.is_ordered, connection.close_code) == (True, None)


def test_it_has_no_times():
    times = load(*CALL).interactions[0].times
    assert (times.headers_s, times.whole_s, times.arrivals, times.started, times.ended) == (None,) * 5


def test_messages_without_a_kind_of_first_versions_are_read():
    first = [{name: value for name, value in item.items() if name != "kind"} for item in CALL]
    assert load(*first).interactions == load(*CALL).interactions


@pytest.mark.parametrize(("ok", "severity"), [(True, "note"), (False, "warning"), (None, "warning")])
def test_a_close_is_a_problem_and_the_messages_after_it_are_shown(ok, severity):
    loaded = load(*CALL, {"kind": "close", "code": 1011, "reason": "going away", "ok": ok}, message("received", {}))
    assert len(loaded.interactions) == 1
    assert len(loaded.interactions[0].response.body.splitlines()) == 3
    [problem] = [problem for problem in loaded.problems if "closed" in problem.message]
    assert (problem.severity, problem.interaction) == (severity, 0)
    assert "after 2 received messages (code: 1011, reason: going away)" in problem.message
    assert "over a new connection" in problem.advice
    before, after = loaded.interactions[0].connections
    assert [len(before.frames), before.close_code, len(after.frames), after.close_code] == [3, 1011, 1, None]


def test_a_close_at_the_end_does_not_mention_a_new_connection():
    [problem] = [problem for problem in load(*CALL, {"kind": "close"}).problems if "closed" in problem.message]
    assert (problem.message.partition("(")[2], problem.advice) == ("code: none, reason: none).", "")


@pytest.mark.parametrize(
    "data",
    [
        {"type": "response.output_audio.delta", "delta": "AAAA"},
        {"serverContent": {"modelTurn": {"parts": [{"inlineData": {"data": "AAAA"}}]}}},
    ],
)
def test_received_audio_is_reported_as_shortened(data):
    def audio_problems(*items):
        return [problem.severity for problem in load(*items).problems if "audio" in problem.message]

    assert audio_problems(*CALL, message("received", data)) == ["note"]
    assert audio_problems(*CALL, message("sent", data)) == []


@pytest.mark.parametrize(
    "odd",
    [
        {"kind": "ping"},
        message("received", {}, kind="ping"),
        message("aside", {}),
        message(["sent"], {}),
        {},
        5,
        None,
        ["a"],
    ],
)
def test_an_item_of_an_unknown_kind_is_left_out_with_a_problem(odd):
    loaded = load(*CALL, odd)
    assert len(loaded.interactions[0].response.body.splitlines()) == 2
    assert [problem.severity for problem in loaded.problems if "unknown kind" in problem.message] == ["warning"]


@pytest.mark.parametrize(
    ("data", "line"),
    [
        ("text", b'"text"'),
        ("a\nb", b'"a\\nb"'),
        (None, b"null"),
        (5, b"5"),
        (10**40, b'"1' + b"0" * 40 + b'"'),
        ([1, {"a": []}], b'[1,{"a":[]}]'),
        ({1: None}, b'{"1": null}'),
        (b'{"a":1}', b'{"a":1}'),
        ({"a": b"\xff"}, '{"a": "\ufffd"}'.encode()),
        ({b"\xff": 1}, '{"\ufffd":1}'.encode()),
    ],
)
def test_data_of_any_type_is_one_line(data, line):
    assert load(message("received", data)).interactions[0].response.body == line + b"\n"


def test_missing_data_is_a_line_too():
    first = message("received", {})
    assert load(first, {"kind": "message", "direction": "received"}).interactions[0].response.body == b"{}\nnull\n"


def test_deeply_nested_data_can_be_read():
    deep = b"{a: " * 400 + b"1" + b"}" * 400
    head = b"version: 1\ninteractions:\n- direction: received\n  data: "
    body = viewer.load(head + deep + b"\n").interactions[0].response.body
    assert body.replace(b" ", b"") == deep.replace(b"{a: ", b'{"a":') + b"\n"


def test_a_file_that_is_cut_off_is_read_up_to_there():
    whole = written(*CALL, *CALL)
    loaded = viewer.load(whole[: len(whole) - 12])
    assert loaded.format == "ws-yaml"
    assert len(loaded.interactions[0].response.body.splitlines()) >= 3
    assert any("broken or cut off" in problem.message for problem in loaded.problems)


@pytest.mark.parametrize(("version", "text"), [(None, ""), ([], "[]"), ({"a": 1}, '{"a":1}'), (1.5, "1.5")])
def test_a_version_of_any_type_can_be_read(version, text):
    assert viewer.load(written(*CALL, version=version)).format_version == text


@pytest.mark.parametrize(
    "items",
    [[], [{"direction": "up", "data": 1}], [{"direction": "sent"}], [5], "direction", {"direction": "sent", "data": 1}],
)
def test_other_interactions_are_not_recognised(items):
    text = yaml.safe_dump({"interactions": items, "note": "direction"}).encode()
    with pytest.raises(viewer.CassetteError):
        viewer.load(text)
