import argparse
import io
import sys
from types import SimpleNamespace

import pytest

import viewer
from tests.support import planted
from viewer.cli.commands import report

SECRET = planted.secrets_of("openai-key")[0]
BODY = f'data: {{"choices": [{{"index": 0, "delta": {{"content": "{SECRET} in /home/wilhelmine, anna@firma.example"}}}}]}}\n\n'


def run(*arguments):
    parser = argparse.ArgumentParser()
    report.add_arguments(parser)
    return report.run(parser.parse_args(list(map(str, arguments))))


@pytest.fixture
def recording(tmp_path):
    path = tmp_path / "a.sse"
    path.write_text(BODY)
    return path


def test_the_page_stands_beside_the_recording_unless_told_otherwise(recording, tmp_path, capsys):
    assert run(recording) == 0
    page = (tmp_path / "a.sse.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert SECRET not in page
    assert "a.sse.html: " in capsys.readouterr().err
    assert run(recording, "--to", tmp_path / "b.html") == 0
    assert (tmp_path / "b.html").read_text(encoding="utf-8") == page


def test_the_page_goes_to_stdout_and_the_recording_comes_from_stdin(recording, capsysbinary, monkeypatch):
    assert run(recording, "--to", "-") == 0
    captured = capsysbinary.readouterr()
    assert captured.out.startswith(b"<!doctype html>")
    assert captured.err == b""
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(BODY.encode())))
    assert run("-") == 0
    assert b"stdin" in capsysbinary.readouterr().out


def test_what_is_struck_is_chosen(recording, tmp_path):
    def page(*options):
        assert run(recording, "--to", tmp_path / "p.html", *options) == 0
        return (tmp_path / "p.html").read_text(encoding="utf-8")

    # Of the first stream the text stands in the page as it is.
    assert SECRET in page("--no-redact")
    assert "wilhelmine" in page()
    assert "wilhelmine" not in page("--paths")
    assert "anna@firma" in page("--paths")
    assert "anna@firma" not in page("--emails")
    assert " in /home" not in page("--metrics-only")


@pytest.mark.parametrize("options", [["--no-redact", "--paths"], ["--no-redact", "--emails"]])
def test_options_that_contradict_each_other_are_refused(recording, options, capsys):
    assert run(recording, *options) == 2
    assert "--no-redact leaves all in" in capsys.readouterr().err


def test_leaving_all_in_and_striking_all_exclude_each_other(recording):
    with pytest.raises(SystemExit) as stopped:
        run(recording, "--no-redact", "--metrics-only")
    assert stopped.value.code == 2


def test_the_page_is_never_written_over_the_recording(recording, capsys):
    assert run(recording, "--to", recording) == 2
    assert "name another file" in capsys.readouterr().err
    assert recording.read_text() == BODY


@pytest.mark.parametrize("name", ["absent.yaml", "empty.yaml"])
def test_a_file_that_cannot_be_read_is_named(tmp_path, name, capsys):
    (tmp_path / "empty.yaml").write_bytes(b"")
    assert run(tmp_path / name) == 2
    assert name in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_named(recording, tmp_path, capsys):
    assert run(recording, "--to", tmp_path / "no" / "a.html") == 2
    assert "No such file" in capsys.readouterr().err


def test_the_recording_in_the_page_has_its_own_format(recording, tmp_path):
    assert run(recording, "--to", tmp_path / "p.html") == 0
    page = (tmp_path / "p.html").read_text(encoding="utf-8")
    assert "Save the recording" in page
    assert viewer.load(recording).format == "sse"
