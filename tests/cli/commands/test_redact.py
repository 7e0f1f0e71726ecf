import io
from types import SimpleNamespace

import pytest

import viewer
from tests.redaction.test_cassette import chat
from tests.support import planted
from viewer.cli.main import main

SECRET = planted.secrets_of("anthropic-key")[0]


@pytest.fixture
def recording(tmp_path):
    path = tmp_path / "a.sse"
    path.write_bytes(chat([{"content": f"key {SECRET[:12]}"}, {"content": f"{SECRET[12:]}, at /home/ada"}]))
    return path


def run(*arguments):
    return main(["redact", *map(str, arguments)])


def test_the_file_is_written_and_the_findings_go_to_stderr(recording, tmp_path, capsys):
    assert run(recording, "--to", tmp_path / "b.sse") == 0
    out, err = capsys.readouterr()
    assert viewer.load(tmp_path / "b.sse").streams[0].text() == f"key {'•' * len(SECRET)}, at /home/ada"
    assert out == ""
    assert "anthropic-key-1" in err
    assert "  once  " in err
    assert SECRET[6:] not in err


def test_redact_writes_to_stdout_by_default(recording, capfdbinary):
    assert run(recording, "--paths") == 0
    text = viewer.load(capfdbinary.readouterr().out, "a.sse").streams[0].text()
    assert text == f"key {'•' * len(SECRET)}, at /home/•••"


def test_redact_reads_stdin(recording, monkeypatch, tmp_path):
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(recording.read_bytes())))
    assert run("-", "--to", tmp_path / "b") == 0
    assert SECRET[12:] not in (tmp_path / "b").read_text()


def test_the_list_goes_to_stdout_and_no_file_is_written(recording, tmp_path, capsys):
    assert run(recording, "--list", "--to", tmp_path / "b") == 0
    out, err = capsys.readouterr()
    assert out.split()[:2] == ["anthropic-key-1", "sk-•••"]
    assert err == ""
    assert not (tmp_path / "b").exists()


def test_a_finding_can_be_kept_and_an_unknown_id_is_reported(recording, tmp_path, capsys):
    assert run(recording, "--keep", "anthropic-key-1", "--keep", "nothing-1", "--to", tmp_path / "b") == 0
    assert SECRET[12:] in (tmp_path / "b").read_text()
    err = capsys.readouterr().err
    assert "kept" in err
    assert "There is no finding 'nothing-1'." in err


def test_all_text_can_be_removed_and_the_result_written_as_go_vcr(recording, tmp_path):
    assert run(recording, "--metrics-only", "--to", tmp_path / "b") == 0
    assert run(recording, "--go-vcr", "--to", tmp_path / "c") == 0
    assert set(viewer.load(tmp_path / "b").streams[0].text()) == {"•"}
    assert viewer.load(tmp_path / "c").format == "go-vcr"


def test_a_recording_is_never_overwritten(recording, capsys):
    before = recording.read_bytes()
    assert run(recording, "--to", recording) == 2
    assert recording.read_bytes() == before
    assert "Name another file" in capsys.readouterr().err


@pytest.mark.parametrize("content", [None, b"", b"no recording"])
def test_an_unreadable_file_is_reported_and_nothing_is_written(content, tmp_path, capsys):
    path = tmp_path / "a"
    if content is not None:
        path.write_bytes(content)
    assert run(path, "--to", tmp_path / "b") == 2
    assert capsys.readouterr().err.startswith("cassette-viewer: ")
    assert not (tmp_path / "b").exists()
