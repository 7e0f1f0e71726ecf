import contextlib
import io
import json
import re
import sys

import pytest

from tests.conftest import ROOT, SEED
from tests.support import planted
from tests.support.har_files import asked, chat, entry, har
from viewer.cli.main import main
from viewer.cli.output import Status

# Ends a line, clears the screen, renames the window, and turns the text around it.
HOSTILE = "\x1b[2J\x1b]0;owned\x07\r\x9b2J\u202ename"
UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
SECRET = planted.secrets_of("openai-key")[0]


@pytest.fixture
def hostile(tmp_path):
    """Two recordings, and what is not a recording, all with hostile names and hostile texts."""
    calls = [
        entry(
            asked(messages=[{"role": "user", "content": HOSTILE}], **{HOSTILE: number}),
            chat(f"{number} {HOSTILE}", model=f"m{HOSTILE}", finish=f"stop{HOSTILE}"),
            url=f"https://a.example/{HOSTILE}?key={SECRET}",
            headers={f"X-Api-Key{HOSTILE}": SECRET, "Authorization": f"Bearer {SECRET}"},
            method=f"POST{HOSTILE}",
        )
        for number in (1, 2)
    ]
    failed = entry(asked(), json.dumps({"error": {"message": HOSTILE}}), status=500, content_type=HOSTILE)
    (tmp_path / f"a{HOSTILE}").write_bytes(har(calls[0], failed))
    (tmp_path / f"b{HOSTILE}").write_bytes(har(calls[1]))
    (tmp_path / f"text{HOSTILE}").write_text("nothing recorded")
    return tmp_path


CALLS = [
    ("show", "a"),
    ("show", "a", "--interaction", "1"),
    ("show", "a", "--interaction", "7"),
    ("show", "a", "--plain"),
    ("show", "text", "--plain"),
    ("show", "a", "--json"),
    ("show", "a", "b", "text", "missing"),
    ("show", "text"),
    ("show", "missing"),
    ("show", "missing", "--plain"),
    ("chunks", "text"),
    ("chunks", "a", "--kind", HOSTILE),
    ("chunks", "a", "--to", "missing/out"),
    ("replay", "a", "--instant"),
    ("replay", "a", "b", "--instant"),
    ("replay", "a", "--choice", "7"),
    ("replay", "text"),
    ("export", "a", "--as", "vtt"),
    ("export", "a", "--as", "asciicast"),
    ("export", "a", "--as", "vtt", "--to", "missing/out"),
    ("export", "text", "--as", "vtt"),
    ("diff", "a", "b"),
    ("diff", "a", "b", "--markdown"),
    ("diff", "a", "text"),
    ("diff", "missing", "b"),
    ("diff", "a", "b", "--only", HOSTILE),
    ("redact", "a", "--list"),
    ("redact", "a", "--list", "--keep", HOSTILE),
    ("redact", "a", "--to", "out"),
    ("redact", "a", "--to", "missing/out"),
    ("redact", "a", "--to", "a"),
    ("redact", "text"),
    ("redact", "missing"),
    ("report", "a"),
    ("report", "a", "--to", "out"),
    ("report", "a", "--to", "missing/out"),
    ("report", "a", "--to", "a"),
    ("report", "text"),
    ("report", "missing"),
    ("report", "a", "b", "--to", "out"),
    ("index", "a", "--to", "out", "--processes", "1"),
    ("index", "missing", "--to", "out"),
    ("stats", "a", "b", "--by", "prompt"),
    ("stats", "a", "b", "--by", "model", "--json"),
    ("stats", "missing"),
    ("index", "a", "--to", "text"),
    ("record", "--upstream", HOSTILE, "--to", "out"),
    ("record", "--upstream", f"http://{HOSTILE}", "--to", "out", "--port", "0"),
    ("record", "--upstream", f"{HOSTILE}=http://a", "--to", "out", "--port", "0"),
    ("record", "--to", "out", "--", HOSTILE),
    ("serve", "a", "b", "--port", "0"),
    ("serve", "text", "--port", "0"),
    ("serve", "missing", "--port", "0"),
    ("serve", "a", "--fault", HOSTILE),
    ("serve", "a", "--speed", HOSTILE),
    ("show", "a", "b"),
    (HOSTILE,),
]


@pytest.mark.parametrize("call", CALLS, ids=lambda call: " ".join(call).replace(HOSTILE, "HOSTILE"))
def test_no_name_and_no_recorded_text_commands_the_terminal(hostile, monkeypatch, capfd, call):
    monkeypatch.chdir(hostile)
    monkeypatch.setattr("uvicorn.Server.run", lambda *_, **__: None)
    files = {"a", "b", "text", "missing", "out", "missing/out"}
    with contextlib.suppress(SystemExit):
        main([f"{word}{HOSTILE}" if word in files else word for word in call])
    out, err = capfd.readouterr()
    assert (out + err).strip()
    assert UNSAFE.findall(out) == []
    assert UNSAFE.findall(err) == []


def test_only_one_module_writes_messages():
    """It makes them safe, so no command can forget to."""
    for path in (ROOT / "viewer" / "cli").rglob("*.py"):
        if path.name != "output.py":
            assert not re.search(r"stderr\.write|\bprint\(", path.read_text(encoding="utf-8")), path


class Terminal(io.TextIOWrapper):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    "call",
    [
        ("redact", "a"),
        ("report", "a", "--to", "-"),
        ("report", "a", "--to", "-", "--no-redact"),
        ("chunks", "a"),
        ("chunks", "a", "b"),
        ("export", "a", "--as", "vtt"),
    ],
    ids=" ".join,
)
def test_data_that_goes_to_a_terminal_does_not_command_it(hostile, monkeypatch, call):
    (hostile / "a.sse").write_text(chat(HOSTILE).replace("\\u001b", "\x1b").replace("\\u009b", "\x9b"))
    monkeypatch.chdir(hostile)
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", Terminal(written, encoding="utf-8"))
    assert main([{"a": "a.sse", "b": f"b{HOSTILE}"}.get(word, word) for word in call]) == 0
    assert UNSAFE.findall(written.getvalue().decode()) == []
    assert "␛[2J" in written.getvalue().decode() or call[0] == "report"


@pytest.mark.parametrize(
    "call",
    [
        ("show", "missing"),
        ("show", "a", "--interaction", "7"),
        ("diff", "a", "b"),
        ("diff", "a", "b", "--markdown"),
        ("redact", "missing"),
        ("report", "a"),
        ("index", "a", "--to", "out", "--processes", "1"),
    ],
    ids=" ".join,
)
def test_a_name_with_a_line_feed_stays_on_one_line(tmp_path, monkeypatch, capfd, call):
    for name, text in (("a", "Hello."), ("b", "Goodbye.")):
        (tmp_path / f"{name}\nINJECTED").write_bytes(
            har(entry(asked(), chat(text), url="https://a.example/\nINJECTED"))
        )
    monkeypatch.chdir(tmp_path)
    main([f"{word}\nINJECTED" if word in ("a", "b", "missing", "out") else word for word in call])
    out, err = capfd.readouterr()
    assert "INJECTED" in out + err
    assert not re.search(r"^\W*INJECTED", out + err, re.MULTILINE)


@pytest.mark.parametrize(
    "arguments",
    [["chunks"], ["export", "--as", "asciicast"], ["redact"], ["report"]],
    ids=lambda arguments: arguments[0],
)
def test_no_command_overwrites_the_recording_that_it_reads(arguments, tmp_path, capsys):
    recording = tmp_path / "a.sse"
    recording.write_bytes(SEED.read_bytes())
    before = recording.read_bytes()
    assert main([*arguments, str(recording), "--to", str(tmp_path / "." / "a.sse")]) == 2
    assert "this would overwrite the recording. Name another file." in capsys.readouterr().err
    assert recording.read_bytes() == before


@pytest.mark.parametrize(
    ("environment", "on_terminal", "in_pipe"),
    [
        ({}, True, False),
        ({"NO_COLOR": "1"}, False, False),
        ({"NO_COLOR": ""}, True, False),
        ({"TERM": "dumb"}, False, False),
        ({"FORCE_COLOR": "1"}, True, True),
        ({"FORCE_COLOR": ""}, True, False),
        ({"CLICOLOR_FORCE": "1"}, True, True),
        ({"CLICOLOR_FORCE": "0"}, True, False),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1", "CLICOLOR_FORCE": "1"}, False, False),
    ],
    ids=str,
)
@pytest.mark.parametrize("call", [["show"], ["replay", "--instant"], ["diff", SEED]], ids=lambda call: call[0])
def test_colours_follow_the_conventions(monkeypatch, environment, on_terminal, in_pipe, call):
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    other = ROOT / "sample_cassettes" / "qwen3_ollama.ndjson"
    for output, coloured in ((Terminal, on_terminal), (io.TextIOWrapper, in_pipe)):
        written = io.BytesIO()
        monkeypatch.setattr(sys, "stdout", output(written, encoding="utf-8"))
        assert main([*map(str, call), str(other)]) in (Status.DONE, Status.FOUND)
        assert (b"\x1b[" in written.getvalue()) is coloured
