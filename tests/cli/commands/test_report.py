import io
import sys
from types import SimpleNamespace

import pytest

import viewer
from tests.support import planted
from viewer.cassettes import read_recording
from viewer.cli.main import main

SECRET = planted.secrets_of("openai-key")[0]
BODY = f'data: {{"choices": [{{"index": 0, "delta": {{"content": "{SECRET} in /home/wilhelmine, anna@firma.example"}}}}]}}\n\n'


def run(*arguments):
    return main(["report", *map(str, arguments)])


@pytest.fixture
def recording(tmp_path):
    path = tmp_path / "a.sse"
    path.write_text(BODY)
    return path


def test_the_page_is_written_next_to_the_recording_by_default(recording, tmp_path, capsys):
    assert run(recording) == 0
    page = (tmp_path / "a.sse.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert SECRET not in page
    assert "a.sse.html: " in capsys.readouterr().err
    assert run(recording, "--to", tmp_path / "b.html") == 0
    assert (tmp_path / "b.html").read_text(encoding="utf-8") == page


def test_the_page_can_go_to_stdout_and_the_recording_come_from_stdin(recording, capsysbinary, monkeypatch):
    assert run(recording, "--to", "-") == 0
    captured = capsysbinary.readouterr()
    assert captured.out.startswith(b"<!doctype html>")
    assert captured.err == b""
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(BODY.encode())))
    assert run("-") == 0
    assert b"standard input" in capsysbinary.readouterr().out


def test_options_choose_what_is_removed(recording, tmp_path):
    def page(*options):
        assert run(recording, "--to", tmp_path / "p.html", *options) == 0
        return (tmp_path / "p.html").read_text(encoding="utf-8")

    # The page holds the text of the first stream unpacked.
    assert SECRET in page("--no-redact")
    assert "wilhelmine" in page()
    assert "wilhelmine" not in page("--paths")
    assert "anna@firma" in page("--paths")
    assert "anna@firma" not in page("--emails")
    assert " in /home" not in page("--metrics-only")


@pytest.mark.parametrize("option", ["--paths", "--emails", "--identities", "--metrics-only"])
def test_options_that_contradict_each_other_are_refused(recording, option, capsys):
    assert run(recording, "--no-redact", option) == 2
    assert "--no-redact: keeps everything" in capsys.readouterr().err


def test_the_page_never_overwrites_the_recording(recording, capsys):
    assert run(recording, "--to", recording) == 2
    assert "Name another file" in capsys.readouterr().err
    assert recording.read_text() == BODY


@pytest.mark.parametrize("name", ["absent.yaml", "empty.yaml"])
def test_the_message_about_an_unreadable_file_names_it(tmp_path, name, capsys):
    (tmp_path / "empty.yaml").write_bytes(b"")
    assert run(tmp_path / name) == 2
    assert name in capsys.readouterr().err


def test_a_missing_output_folder_is_reported(recording, tmp_path, capsys):
    assert run(recording, "--to", tmp_path / "no" / "a.html") == 2
    assert "No such file" in capsys.readouterr().err


def test_the_page_offers_the_recording_in_its_own_format(recording, tmp_path):
    assert run(recording, "--to", tmp_path / "p.html") == 0
    page = (tmp_path / "p.html").read_text(encoding="utf-8")
    assert "Save the recording" in page
    assert viewer.load(recording).format == "sse"


@pytest.mark.parametrize(
    ("options", "opened"),
    [
        ([], ["the recording", "the redacted recording"]),
        (["--metrics-only"], ["the recording"]),
        (["--no-redact"], ["the recording"]),
    ],
)
def test_the_recording_is_parsed_once_and_its_redacted_form_once_more(
    recording, tmp_path, monkeypatch, options, opened
):
    # Import every module first, so that none keeps a reference to the counting function.
    assert run(recording, "--to", tmp_path / "p.html", *options) == 0
    calls = []

    def count(document):
        calls.append("the recording" if SECRET.encode() in document.data else "the redacted recording")
        return read_recording(document)

    for name, module in list(sys.modules.items()):
        if name.startswith("viewer.") and getattr(module, "read_recording", None) is read_recording:
            monkeypatch.setattr(module, "read_recording", count)
    assert run(recording, "--to", tmp_path / "p.html", *options) == 0
    assert calls == opened
    assert "Save" in (tmp_path / "p.html").read_text(encoding="utf-8")
