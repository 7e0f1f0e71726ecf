import json
from functools import partial

import pytest

import viewer
from tests.conftest import SAMPLES, SEED
from tests.support.har_files import asked, chat, entry, har, tool_call
from viewer.cli.main import main
from viewer.display.asciicast import asciicast
from viewer.display.chrome_trace import chrome_trace
from viewer.display.otlp import otlp_spans
from viewer.display.replay_svg import animated_svg
from viewer.display.webvtt import transcript

WEATHER = SAMPLES / "weather-agent_tool-calls.yaml"


@pytest.mark.parametrize(
    ("name", "export"), [("asciicast", asciicast), ("asciicast-v3", partial(asciicast, version=3)), ("vtt", transcript)]
)
def test_a_stream_is_written_to_standard_output_or_a_file(capfdbinary, seed_stream, tmp_path, name, export):
    assert main(["export", str(SEED), "--as", name]) == 0
    assert capfdbinary.readouterr().out.decode() == export(seed_stream)
    assert main(["export", str(SEED), "--as", name, "--to", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out").read_bytes().decode() == export(seed_stream)
    assert capfdbinary.readouterr().out == b""


def test_the_interaction_and_the_width_can_be_chosen(capfdbinary):
    assert main(["export", str(WEATHER), "--as", "asciicast", "--interaction", "2", "--columns", "40"]) == 0
    assert capfdbinary.readouterr().out.decode() == asciicast(viewer.load(WEATHER).streams[1], columns=40)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--choice", "4"], "interaction 2: there is no choice 4; it has 0."),
        (["--columns", "3"], "at least 20"),
        (["--as", "gif"], "invalid choice: 'gif'"),
    ],
)
def test_wrong_arguments_are_refused_with_the_reason(capsys, arguments, message):
    try:
        status = main(["export", str(WEATHER), "--as", "vtt", *arguments])
    except SystemExit as ended:
        status = ended.code
    assert status == 2
    assert message in capsys.readouterr().err


def test_export_names_the_stream_that_it_takes_from_several(capfdbinary):
    assert main(["export", str(WEATHER), "--as", "vtt"]) == 0
    assert b"2 streams; using interaction 2." in capfdbinary.readouterr().err


def test_a_picture_and_a_trace_are_written_of_the_whole_cassette(capfdbinary):
    cassette = viewer.redact(viewer.load(SEED))[0]
    assert main(["export", str(SEED), "--as", "svg"]) == 0
    assert capfdbinary.readouterr().out.decode() == animated_svg(cassette, cassette.streams[0])
    assert main(["export", str(SEED), "--as", "chrome-trace"]) == 0
    assert capfdbinary.readouterr().out.decode() == chrome_trace(cassette)


@pytest.mark.parametrize(
    ("name", "ending"),
    [("svg", ".svg"), ("asciicast", ".cast"), ("chrome-trace", ".trace.json"), ("otlp", ".otlp.json")],
)
def test_several_recordings_become_one_file_each_and_the_folder_is_named(capsys, tmp_path, name, ending):
    files = [str(SEED), str(WEATHER)]
    assert main(["export", *files, "--as", name, "--to", str(tmp_path)]) == 0
    assert {one.name for one in tmp_path.iterdir()} == {SEED.name + ending, WEATHER.name + ending}
    assert main(["export", *files, "--as", name]) == 2
    assert "name a folder with --to DIR" in capsys.readouterr().err


def test_a_recording_that_cannot_be_exported_is_named_and_leaves_no_file(capsys, tmp_path):
    (tmp_path / "plain.sse").write_bytes(b'data: {"choices": [{"index": 0, "delta": {"content": "Hi"}}]}\n\n')
    to = tmp_path / "out"
    assert main(["export", str(tmp_path / "plain.sse"), str(SEED), "--as", "chrome-trace", "--to", str(to)]) != 0
    assert "plain.sse: no times are recorded" in capsys.readouterr().err
    assert [one.name for one in to.iterdir()] == [f"{SEED.name}.trace.json"]


def test_a_trace_has_all_choices(capsys):
    assert main(["export", str(SEED), "--as", "chrome-trace", "--choice", "0"]) == 2
    assert "a trace has all choices" in capsys.readouterr().err


def test_spans_are_written_of_all_calls_and_what_they_lack_is_said(capfdbinary):
    cassette = viewer.redact(viewer.load(WEATHER))[0]
    assert main(["export", str(WEATHER), "--as", "otlp"]) == 0
    written = capfdbinary.readouterr()
    assert written.out.decode() == otlp_spans(cassette).text
    assert b"1 of 4 calls left out" in written.err
    assert b"3 of 3 spans may end before the call did" in written.err


def test_log_records_are_written_of_calls_with_and_without_times(capfdbinary):
    assert main(["export", str(WEATHER), "--as", "otlp-logs", "--interaction", "0"]) == 0
    ((scope,),) = (one["scopeLogs"] for one in json.loads(capfdbinary.readouterr().out)["resourceLogs"])
    (record,) = scope["logRecords"]
    assert record["timeUnixNano"] == "0"
    assert int(record["observedTimeUnixNano"]) > 1.7e18


@pytest.mark.parametrize("name", ["otlp", "otlp-logs"])
def test_what_was_said_can_be_left_out_of_telemetry(capfdbinary, name):
    assert main(["export", str(WEATHER), "--as", name]) == 0
    assert b"Lima" in capfdbinary.readouterr().out
    assert main(["export", str(WEATHER), "--as", name, "--no-content"]) == 0
    out = capfdbinary.readouterr().out
    assert b"Lima" not in out
    assert b"gen_ai.usage.input_tokens" in out


def test_only_telemetry_can_do_without_what_was_said(capsys):
    assert main(["export", str(SEED), "--as", "vtt", "--no-content"]) == 2
    assert "--no-content: only OpenTelemetry data" in capsys.readouterr().err


def test_telemetry_has_all_choices(capsys):
    assert main(["export", str(SEED), "--as", "otlp", "--choice", "0"]) == 2
    assert "OpenTelemetry data has all choices" in capsys.readouterr().err


def test_telemetry_that_would_hold_a_secret_behind_escapes_is_refused(monkeypatch, capfdbinary, tmp_path):
    called = tool_call("login", json.dumps({"password": 'pä"ss\\wörd-Q7z91'}))
    path = tmp_path / "login.har"
    path.write_bytes(har(entry(asked(), chat(called, finish="tool_calls"))))
    # As if redaction had missed it in this output.
    monkeypatch.setattr(
        "viewer.display.otlp.otlp_spans", lambda *_, **options: otlp_spans(viewer.load(path), **options)
    )
    assert main(["export", str(path), "--as", "otlp"]) == 2
    written = capfdbinary.readouterr()
    assert b"a secret that was removed" in written.err
    assert not written.out
