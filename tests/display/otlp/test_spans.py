"""Spans of a cassette, read by OpenTelemetry's protobuf messages and held against its conventions."""

import json

import pytest

import viewer
from tests.conftest import SAMPLES
from tests.support.har_files import asked, chat, entry, events, har, tool_call
from tests.support.otlp_requests import NAMES, attributes_of, resource_of, spans_of
from viewer.display.otlp import has_spans, otlp_spans

CLIENT = 3
ERROR = 2
START_S = 1_735_689_600


def calls(*entries):
    return viewer.load(har(*entries), "calls.har")


def only_span(cassette, **options):
    (span,) = spans_of(otlp_spans(cassette, **options).text)
    return span


@pytest.fixture(scope="module")
def measured():
    return calls(entry(asked(seed=7, max_tokens=40, stop=["END"]), chat("Hel", "lo.")) | {"time": 1500.0})


def test_a_call_is_a_client_span_named_by_its_operation_and_model(measured):
    span = only_span(measured)
    assert (span.name, span.kind) == ("chat gpt-4o", CLIENT)
    assert (len(span.trace_id), len(span.span_id), span.parent_span_id) == (16, 8, b"")
    assert span.status.code == 0


def test_a_measured_call_lasts_as_long_as_the_recorder_measured(measured):
    span, about = only_span(measured), attributes_of(only_span(measured))
    assert span.start_time_unix_nano == START_S * 10**9
    assert span.end_time_unix_nano - span.start_time_unix_nano == 1_500_000_000
    assert about["cassette.time.length_known"] == "whole"
    assert about["cassette.time.start_source"] == "the recorder's time of each request"


def test_what_was_asked_for_and_what_came_have_the_names_of_the_conventions(measured):
    about = attributes_of(only_span(measured))
    assert {name for name in about if not name.startswith("cassette.")} <= NAMES
    expected = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-4o",
        "gen_ai.request.stream": True,
        "gen_ai.request.temperature": 0.5,
        "gen_ai.request.max_tokens": 40,
        "gen_ai.request.seed": 7,
        "gen_ai.request.stop_sequences": ["END"],
        "gen_ai.response.id": "chatcmpl-1",
        "gen_ai.response.model": "gpt-4o-2024",
        "gen_ai.response.finish_reasons": ["stop"],
        "gen_ai.usage.input_tokens": 9,
        "gen_ai.usage.output_tokens": 4,
        "server.address": "api.openai.com",
        "server.port": 443,
        "http.response.status_code": 200,
    }
    assert expected.items() <= {name: value for name, value in about.items() if name in expected}.items()


def test_texts_are_json_in_strings_and_can_be_left_out(measured):
    about = attributes_of(only_span(measured))
    assert json.loads(about["gen_ai.output.messages"]) == [
        {"role": "assistant", "parts": [{"type": "text", "content": "Hello."}], "finish_reason": "stop"}
    ]
    text = otlp_spans(measured, content=False).text
    assert "gen_ai.request.model" in text
    assert not any(word in text for word in ("Hello.", "Say hello", "Be brief", "weather"))


def test_a_call_whose_end_is_not_recorded_ends_with_what_is_known_of_it():
    # The recorder of this file wrote the time to the headers, and the server when it began.
    cassette = viewer.load(SAMPLES / "weather-agent_tool-calls.yaml")
    written = otlp_spans(cassette)
    spans = spans_of(written.text)
    known = [attributes_of(span) for span in spans]
    assert {one["cassette.time.length_known"] for one in known} == {"at least"}
    for span, one in zip(spans, known, strict=True):
        headers_s = cassette.interactions[one["cassette.interaction"]].times.headers_s
        lasted_s = (span.end_time_unix_nano - span.start_time_unix_nano) / 1e9
        assert lasted_s == pytest.approx(headers_s)
    assert any("3 of 3 spans may end before the call did" in note for note in written.notes)


def test_a_call_of_which_only_the_start_is_known_ends_where_it_begins():
    date = {"name": "Date", "value": "Wed, 01 Jan 2025 00:00:00 GMT"}
    one = entry(asked(), chat("Hi"))
    one["response"]["headers"].append(date)
    del one["startedDateTime"], one["time"]
    span = only_span(calls(one))
    assert span.start_time_unix_nano == span.end_time_unix_nano == START_S * 10**9
    assert attributes_of(span)["cassette.time.length_known"] == "no"


def test_a_call_without_a_start_is_left_out_and_counted():
    written = otlp_spans(viewer.load(SAMPLES / "weather-agent_tool-calls.yaml"))
    assert resource_of(written.text)["cassette.calls"] == "4"
    assert resource_of(written.text)["cassette.calls_without_span"] == "1"
    assert "1 of 4 calls left out, because this call lacks what times the others" in written.notes[0]


def test_a_recording_that_does_not_say_when_its_calls_began_is_refused_with_what_to_do_instead():
    cassette = viewer.load(next(SAMPLES.glob("*anthropic.sse")))
    assert not has_spans(cassette)
    with pytest.raises(viewer.CassetteError, match=r"does not say when its requests were sent.*otlp-logs"):
        otlp_spans(cassette)


def test_a_recording_without_a_call_of_a_model_is_refused():
    cassette = calls(entry(None, "<p>Hello</p>", method="GET", url="https://example.com/", content_type="text/html"))
    with pytest.raises(viewer.CassetteError, match="no call of a model"):
        otlp_spans(cassette)


def test_a_refused_call_has_the_status_of_an_error_and_the_providers_code():
    body = {"error": {"message": "Slow down, alice.", "type": "requests", "code": "rate_limit_exceeded"}}
    cassette = calls(entry(asked(), body, status=429, content_type="application/json"))
    span = only_span(cassette)
    assert (span.status.code, span.status.message) == (ERROR, "Slow down, alice.")
    about = attributes_of(span)
    assert (about["error.type"], about["http.response.status_code"]) == ("rate_limit_exceeded", 429)
    assert "alice" not in otlp_spans(cassette, content=False).text


def test_the_time_to_the_first_chunk_is_written_where_it_is_measured():
    path = next(SAMPLES.glob("*short.har"))
    cassette = viewer.load(path)
    (stream,) = cassette.streams
    assert stream.timing.lead.grade == "measured"
    about = attributes_of(only_span(cassette))
    assert about["gen_ai.response.time_to_first_chunk"] == pytest.approx(stream.timing.lead.value)
    bounded = otlp_spans(viewer.load(SAMPLES / "weather-agent_tool-calls.yaml")).text
    assert "time_to_first_chunk" not in bounded


def test_calls_without_a_session_are_traces_of_their_own_and_the_same_at_every_export():
    data = har(entry(asked(), chat("A")), entry(asked(), chat("B", call_id="chatcmpl-2")))
    first, second = (otlp_spans(viewer.load(data, name)).text for name in ("a.har", "b.har"))
    spans = spans_of(first)
    assert len({span.trace_id for span in spans}) == len({span.span_id for span in spans}) == 2
    assert not any(span.parent_span_id for span in spans)
    # The name of the file does not matter.
    assert first.replace("a.har", "") == second.replace("b.har", "")
    other = spans_of(otlp_spans(calls(entry(asked(), chat("A")))).text)
    assert other[0].trace_id not in {span.trace_id for span in spans}


def test_one_call_can_be_chosen():
    cassette = calls(entry(asked(), chat("A")), entry(asked(), chat("B", call_id="chatcmpl-2")))
    assert attributes_of(only_span(cassette, interaction=1))["gen_ai.response.id"] == "chatcmpl-2"


def test_deep_arguments_and_half_surrogates_are_still_accepted():
    deep = "[" * 90 + "]" * 90
    cassette = calls(entry(asked(), chat(tool_call("weather", deep), "\ud83d", finish="tool_calls")))
    assert spans_of(otlp_spans(cassette).text)


def test_a_tool_server_is_no_model():
    answer = events({"jsonrpc": "2.0", "id": 1, "result": {"content": [{"type": "text", "text": "x"}]}}, done=False)
    request = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "weather"}}
    cassette = calls(entry(request, answer, url="https://tools.example/mcp"), entry(asked(), chat("Hi")))
    assert cassette.streams[0].protocol == "mcp-jsonrpc"
    assert attributes_of(only_span(cassette))["cassette.interaction"] == 1
