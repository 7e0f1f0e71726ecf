"""Synthetic mocks and test cases in the layout of keploy's models."""

import copy

import pytest
import yaml

import viewer
from tests.support.damage import use_damaged, with_odd_values
from viewer.cassettes.document import Document
from viewer.cassettes.recorders import keploy

EVENTS = [
    '{"choices":[{"index":0,"delta":{"content":"Olá"},"finish_reason":null}]}',
    '{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}',
    "[DONE]",
]
BODY = "".join(f"data: {event}\n\n" for event in EVENTS)
URL = "https://api.openai.com/v1/chat/completions"


def call(body=BODY, *, spec=None, **response):
    sent = {
        "method": "POST",
        "url": URL,
        "header": {"Accept": "*/*"},
        "body": "{}",
        "timestamp": "0001-01-01T00:00:00Z",
    }
    received = {
        "status_code": 200,
        "header": {"Content-Type": "text/event-stream"},
        "body": body,
        "status_message": "OK",
    }
    times = {"reqTimestampMock": "2026-05-03T20:01:02.5Z", "resTimestampMock": "2026-05-03T20:01:03.125Z"}
    return {
        "version": "api.keploy.io/v1beta1",
        "kind": "Http",
        "name": "mock-0",
        "spec": {"req": sent, "resp": {**received, **response}, **times, **(spec or {})},
    }


def events(*stamps):
    return [{"ts": stamp, "data": {"data": event}} for stamp, event in zip(stamps, EVENTS, strict=True)]


def write(*calls):
    return yaml.safe_dump_all(calls, allow_unicode=True, sort_keys=False).encode()


def test_each_document_is_a_call_with_its_request_and_the_time_of_the_first_part():
    loaded = viewer.load(write(call(), call()))
    assert (loaded.format, loaded.format_version, loaded.problems) == ("keploy", "v1beta1", [])
    interaction = loaded.interactions[0]
    assert (interaction.request.method, interaction.request.url, interaction.request.body) == ("POST", URL, b"{}")
    assert (interaction.response.status_line, interaction.response.body) == ("200 OK", BODY.encode())
    times = interaction.times
    assert (times.started.epoch_s, times.headers_s) == (pytest.approx(1777838462.5), pytest.approx(0.625))
    assert (times.whole_s, times.ended, times.arrivals) == (None, None, None)
    assert [stream.text() for stream in loaded.streams] == ["Olá"] * 2


def test_a_test_case_has_only_the_start_of_its_request():
    one = call(timestamp="2026-05-03T20:01:05Z")
    one["spec"]["req"]["timestamp"] = "2026-05-03T20:01:02Z"
    one["spec"].update(reqTimestampMock=None, resTimestampMock=None)
    times = viewer.load(write(one)).interactions[0].times
    assert (times.started.epoch_s, times.headers_s, times.ended) == (pytest.approx(1777838462), None, None)


def test_a_list_of_events_is_a_body_with_measured_arrivals():
    stamps = ("2026-05-03T20:01:03.125Z", "2026-05-03T20:01:04Z", "2026-05-03T20:01:04.25Z")
    loaded = viewer.load(write(call(events(*stamps))))
    [stream] = loaded.streams
    assert (loaded.interactions[0].times.headers_s, loaded.problems) == (None, [])
    assert (stream.text(), stream.finish_reason, stream.timing.grade) == ("Olá", "stop", "measured")
    assert stream.timing.origin == "request"
    assert list(stream.chunks["t"])[:2] == pytest.approx([0.625, 1.5])


def test_events_that_all_have_the_same_time_have_no_arrivals():
    loaded = viewer.load(write(call(events(*["2026-05-03T20:01:03.125Z"] * 3))))
    assert loaded.interactions[0].times.arrivals is None
    assert loaded.streams[0].text() == "Olá"


def test_events_keep_their_names_comments_and_line_ends():
    chunks = [{"data": {"comment": "ping"}}, {"data": {"event": "delta", "id": "7", "data": "one\ntwo"}}]
    body = viewer.load(write(call(chunks))).interactions[0].response.body
    assert body == b": ping\n\nevent: delta\nid: 7\ndata: one\ndata: two\n\n"


def test_lines_that_are_no_events_are_joined_by_line_feeds():
    chunks = [{"ts": "2026-05-03T20:01:03Z", "data": {"raw": '{"a":1}'}}, {"data": '{"a":2}'}]
    assert viewer.load(write(call(chunks))).interactions[0].response.body == b'{"a":1}\n{"a":2}\n'


def test_a_body_that_was_left_out_is_a_problem():
    problems = viewer.load(write(call("", body_skipped=True, body_size=2_000_000))).problems
    assert any("2000000 bytes" in problem.message and problem.severity == "warning" for problem in problems)


def test_mocks_of_other_kinds_are_counted():
    loaded = viewer.load(write({**call(), "kind": "Mongo"}, call()))
    assert len(loaded.interactions) == 1
    assert any(problem.message.startswith("1 mock of other kinds") for problem in loaded.problems)


def test_a_file_without_http_calls_is_refused():
    with pytest.raises(viewer.CassetteError, match="no HTTP calls"):
        viewer.load(write({**call("{}"), "kind": "Mongo"}))


def test_other_yaml_is_not_claimed():
    assert keploy.recognise(Document(write({"version": "1", "note": "api.keploy.io"}), "a")) == 0


def test_a_value_of_any_type_in_any_place_leaves_the_other_calls_readable():
    one = call(events("2026-05-03T20:01:03Z", "2026-05-03T20:01:04Z", "2026-05-03T20:01:05Z"))
    for place, changed in with_odd_values(one):
        if place[0] == "spec":
            assert viewer.load(write(changed, call())).streams[-1].text() == "Olá"


def test_no_damage_raises():
    use_damaged(copy.deepcopy(call(events("2026-05-03T20:01:03Z", "x", "2026-05-03T20:01:05Z"))), write)
