"""Log records of a cassette, read by OpenTelemetry's protobuf messages."""

import pytest

import viewer
from tests.conftest import SAMPLES
from tests.support.har_files import asked, chat, entry, har, tool_call
from tests.support.otlp_requests import NAMES, attributes_of, records_of, spans_of
from viewer.display.otlp import otlp_records, otlp_spans

INFO, ERROR = 9, 17
NAMED = [path for path in sorted(SAMPLES.iterdir()) if path.suffix != ".md"]


@pytest.mark.parametrize("path", NAMED, ids=lambda path: path.name)
def test_every_sample_becomes_records_with_the_names_of_the_conventions(path):
    cassette = viewer.load(path)
    records = records_of(otlp_records(cassette).text)
    assert records
    for record in records:
        about = attributes_of(record)
        assert record.event_name == "gen_ai.client.inference.operation.details"
        assert {name for name in about if not name.startswith("cassette.")} <= NAMES
        assert about["gen_ai.operation.name"]
        assert about["gen_ai.provider.name"] not in ("", "unknown")


def test_a_call_without_a_time_has_the_time_zero_which_means_unknown():
    cassette = viewer.load(next(SAMPLES.glob("*anthropic.sse")))
    written = otlp_records(cassette, observed_s=1_700_000_000.5)
    (record,) = records_of(written.text)
    assert (record.time_unix_nano, record.observed_time_unix_nano) == (0, 1_700_000_000_500_000_000)
    assert not record.trace_id
    assert "1 of 1 record without a time" in written.notes[0]


def test_a_record_belongs_to_its_span():
    cassette = viewer.load(SAMPLES / "weather-agent_tool-calls.yaml")
    records = records_of(otlp_records(cassette).text)
    spans = {(span.trace_id, span.span_id): span.start_time_unix_nano for span in spans_of(otlp_spans(cassette).text)}
    timed = [record for record in records if record.time_unix_nano]
    assert {(one.trace_id, one.span_id): one.time_unix_nano for one in timed} == spans
    assert [one.severity_number for one in records] == [ERROR, INFO, INFO, INFO]


def test_texts_are_structured_and_can_be_left_out():
    data = har(entry(asked(), chat(tool_call("weather", '{"city": "Lima"}'), finish="tool_calls")))
    cassette = viewer.load(data)
    (record,) = records_of(otlp_records(cassette).text)
    (message,) = attributes_of(record)["gen_ai.output.messages"]
    assert message["parts"] == [{"type": "tool_call", "id": "call_1", "name": "weather", "arguments": {"city": "Lima"}}]
    assert "Lima" not in otlp_records(cassette, content=False).text


def test_arguments_that_nest_deeper_than_protobuf_reads_become_text():
    deep = "[" * 90 + "]" * 90
    cassette = viewer.load(har(entry(asked(), chat(tool_call("weather", deep), finish="tool_calls"))))
    (record,) = records_of(otlp_records(cassette).text)
    assert record.FromString(record.SerializeToString()) == record
    assert deep[40:-40] in str(attributes_of(record)["gen_ai.output.messages"])
