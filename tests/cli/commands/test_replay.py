import json
import re
import signal
import subprocess
import sys
import time

import pytest

from tests.conftest import ROOT, SEED
from tests.support.streams import by_style, delta, is_text_with_line_ends
from viewer.cli.main import main


def test_a_pipe_gets_the_text_under_the_name_of_each_kind(capsys, seed_stream):
    assert main(["replay", str(SEED), "--instant"]) == 0
    out = capsys.readouterr().out
    reasoning, content = out.removeprefix("[reasoning]\n").split("\n\n[content]\n")
    assert (reasoning, content.removesuffix("\n")) == (seed_stream.text("reasoning"), seed_stream.text())


def test_a_terminal_gets_colours_and_lines_no_wider_than_it(on_terminal, seed_stream):
    shown = by_style(on_terminal("replay", SEED, "--instant"))
    assert is_text_with_line_ends(shown["2;3"], seed_stream.text("reasoning"))
    assert is_text_with_line_ends(shown[""], seed_stream.text())
    assert max(map(len, shown[""].split("\r\n"))) <= 60
    assert "\x1b" not in on_terminal("replay", SEED, "--instant", NO_COLOR="1")


@pytest.mark.process
def test_replay_takes_the_recorded_time_divided_by_the_speed(seed_stream):
    assert seed_stream.chunks["t"].max() > 1.9
    start = time.monotonic()
    instant = subprocess.run([sys.executable, "-m", "viewer", "replay", "--instant", str(SEED)], cwd=ROOT, check=True)
    starting_s = time.monotonic() - start
    start = time.monotonic()
    subprocess.run([sys.executable, "-m", "viewer", "replay", "--speed", "0.5", str(SEED)], cwd=ROOT, check=True)
    # Half the speed takes twice the stream's 2 s. The time to start varies too much on a busy machine to be subtracted.
    assert time.monotonic() - start > max(3.8, starting_s)
    assert instant.returncode == 0


@pytest.mark.process
def test_ctrl_c_ends_the_replay_cleanly():
    # A shell lets background programs ignore Ctrl-C, and these tests may run in one.
    code = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from viewer.cli.main import main; sys.exit(main())"
    )
    command = [sys.executable, "-u", "-c", code, "replay", "--speed", "0.05", str(SEED)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout.read(len("[reasoning]")) == b"[reasoning]"
        process.send_signal(signal.SIGINT)
        assert process.stdout.read().endswith(b"\n")
        assert process.stderr.read() == b""
    assert process.returncode == 130


def test_hostile_text_reaches_the_terminal_as_symbols(on_terminal, tmp_path):
    file = tmp_path / "hostile.sse"
    file.write_text(f"data: {json.dumps(delta(content=chr(27) + ']0;x' + chr(7) + chr(0x9B) + '2J'))}\n\n")
    shown = re.sub(r"\x1b\[[0-9;]*m", "", on_terminal("replay", "--instant", file))
    assert "␛]0;x␇<U+009B>2J" in shown
    assert not set("\x1b\x07\x9b") & set(shown)


def test_a_paced_stream_is_labelled_as_paced(capsys, tmp_path):
    file = tmp_path / "paced.sse"
    file.write_text(f"data: {json.dumps(delta(content='Hi'))}\n\n")
    assert main(["replay", "--instant", str(file)]) == 0
    assert capsys.readouterr().out.startswith("○ speed not recorded")


@pytest.mark.parametrize("speed", ["0", "-1", "inf", "nan", "fast"])
def test_an_invalid_speed_is_refused(capsys, speed):
    with pytest.raises(SystemExit) as ended:
        main(["replay", str(SEED), "--speed", speed])
    assert ended.value.code == 2
    assert "--speed" in capsys.readouterr().err
