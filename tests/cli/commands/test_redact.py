import argparse
import io
from types import SimpleNamespace

import pytest

import viewer
from tests.redaction.test_cassette import chat
from tests.support import planted
from viewer.cli.commands import redact

SECRET = planted.secrets_of("anthropic-key")[0]


@pytest.fixture
def recording(tmp_path):
    path = tmp_path / "a.sse"
    path.write_bytes(chat([{"content": f"key {SECRET[:12]}"}, {"content": f"{SECRET[12:]}, at /home/ada"}]))
    return path


def call(*arguments):
    parser = argparse.ArgumentParser()
    redact.add_arguments(parser)
    return redact.run(parser.parse_args([str(one) for one in arguments]))


def test_the_file_is_written_and_what_was_found_is_said_on_stderr(recording, tmp_path, capsys):
    assert call(recording, "--to", tmp_path / "b.sse") == 0
    out, err = capsys.readouterr()
    assert viewer.load(tmp_path / "b.sse").streams[0].text() == f"key {'•' * len(SECRET)}, at /home/ada"
    assert out == ""
    assert "anthropic-key-1" in err
    assert "1 times" in err
    assert SECRET[6:] not in err


def test_without_a_place_it_goes_to_stdout(recording, capfdbinary):
    assert call(recording, "--paths") == 0
    text = viewer.load(capfdbinary.readouterr().out, "a.sse").streams[0].text()
    assert text == f"key {'•' * len(SECRET)}, at /home/•••"


def test_stdin_is_read_too(recording, monkeypatch, tmp_path):
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(recording.read_bytes())))
    assert call("-", "--to", tmp_path / "b") == 0
    assert SECRET[12:] not in (tmp_path / "b").read_text()


def test_the_list_is_data_and_writes_nothing(recording, tmp_path, capsys):
    assert call(recording, "--list", "--to", tmp_path / "b") == 0
    out, err = capsys.readouterr()
    assert out.split()[:2] == ["anthropic-key-1", "sk-•••"]
    assert err == ""
    assert not (tmp_path / "b").exists()


def test_a_finding_can_be_kept_and_one_that_is_not_there_is_said(recording, tmp_path, capsys):
    assert call(recording, "--keep", "anthropic-key-1", "--keep", "nothing-1", "--to", tmp_path / "b") == 0
    assert SECRET[12:] in (tmp_path / "b").read_text()
    err = capsys.readouterr().err
    assert "kept" in err
    assert "There is no finding 'nothing-1'." in err


def test_all_texts_can_go_and_the_format_be_chosen(recording, tmp_path):
    assert call(recording, "--metrics-only", "--to", tmp_path / "b") == 0
    assert call(recording, "--go-vcr", "--to", tmp_path / "c") == 0
    assert set(viewer.load(tmp_path / "b").streams[0].text()) == {"•"}
    assert viewer.load(tmp_path / "c").format == "go-vcr"


def test_a_recording_is_never_written_over(recording, capsys):
    before = recording.read_bytes()
    assert call(recording, "--to", recording) == 2
    assert recording.read_bytes() == before
    assert "name another file" in capsys.readouterr().err


@pytest.mark.parametrize("content", [None, b"", b"no recording"])
def test_what_cannot_be_read_is_said_and_nothing_is_written(content, tmp_path, capsys):
    path = tmp_path / "a"
    if content is not None:
        path.write_bytes(content)
    assert call(path, "--to", tmp_path / "b") == 2
    assert capsys.readouterr().err.startswith("cassette-viewer: ")
    assert not (tmp_path / "b").exists()
