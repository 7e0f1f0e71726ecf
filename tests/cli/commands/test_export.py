import pytest

import viewer
from tests.conftest import ROOT, SEED
from viewer.cli.main import main
from viewer.display.asciicast import asciicast
from viewer.display.webvtt import transcript

WEATHER = ROOT / "sample_cassettes" / "weather-agent_tool-calls.yaml"


@pytest.mark.parametrize(("name", "export"), [("asciicast", asciicast), ("vtt", transcript)])
def test_a_stream_is_written_to_standard_output_or_a_file(capfdbinary, seed_stream, tmp_path, name, export):
    assert main(["export", str(SEED), "--as", name]) == 0
    assert capfdbinary.readouterr().out.decode() == export(seed_stream)
    assert main(["export", str(SEED), "--as", name, "--to", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out").read_bytes().decode() == export(seed_stream)
    assert capfdbinary.readouterr().out == b""


def test_interaction_and_width_are_chosen(capfdbinary):
    assert main(["export", str(WEATHER), "--as", "asciicast", "--interaction", "2", "--columns", "40"]) == 0
    assert capfdbinary.readouterr().out.decode() == asciicast(viewer.load(WEATHER).streams[1], columns=40)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--choice", "4"], "interaction 1: there is no choice 4; it holds 0."),
        (["--columns", "3"], "at least 20"),
        (["--as", "gif"], "invalid choice: 'gif'"),
    ],
)
def test_what_cannot_be_done_is_said(capsys, arguments, said):
    try:
        status = main(["export", str(WEATHER), "--as", "vtt", *arguments])
    except SystemExit as ended:
        status = ended.code
    assert status == 2
    assert said in capsys.readouterr().err


def test_of_several_streams_the_number_is_told(capfdbinary):
    assert main(["export", str(WEATHER), "--as", "vtt"]) == 0
    assert b"2 streams, of which interaction 1 is taken" in capfdbinary.readouterr().err
