"""What commands write holds no secrets unless they are asked to keep them."""

import io
import re

import pandas as pd
import pytest

from tests.redaction.test_cassette import chat
from tests.support import planted
from viewer.cli.main import main

SECRET, OTHER = planted.secrets_of("anthropic-key")[:2]
PATH, EMAIL = "/home/wilhelmine/x", "anna@firma.example"


def say(secret):
    return chat([{"content": f"key {secret[:12]}"}, {"content": f"{secret[12:]} in {PATH} of {EMAIL}"}])


@pytest.fixture
def recording(tmp_path):
    path = tmp_path / "a.sse"
    path.write_bytes(say(SECRET))
    return path


def text_of(data):
    """The text of what a command wrote. Parquet packs it, a table splits it over rows, and a picture over moments."""
    if data.startswith(b"PAR1"):
        return "".join(pd.read_parquet(io.BytesIO(data))["text"])
    if data.startswith(b"<svg"):
        return re.sub(r"<[^>]*>", "", data.decode())
    return data.decode()


COMMANDS = [
    ["export", "--as", "asciicast", "--columns", "1000"],
    ["export", "--as", "svg"],
    ["export", "--as", "vtt"],
    ["chunks"],
    ["chunks", "--format", "jsonl"],
    ["chunks", "--format", "parquet"],
    ["diff", "--markdown"],
    ["diff"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_an_output_holds_a_secret_only_if_everything_is_kept(command, recording, tmp_path, capfdbinary):
    (tmp_path / "b.sse").write_bytes(chat([{"content": "nothing"}]))
    name, *options = command
    files = [recording, tmp_path / "b.sse"] if name == "diff" else [recording]

    def written(*more):
        assert main([name, *map(str, files), *options, *more]) == (name == "diff")
        return text_of(capfdbinary.readouterr().out)

    tail, person, address = SECRET[12:], "wilhelmine", EMAIL.split("@")[1]
    assert [tail in written(), tail in written("--no-redact")] == [False, True]
    assert [person in written(), person in written("--paths")] == [True, False]
    assert [address in written(), address in written("--emails")] == [True, False]


def test_two_secrets_of_equal_length_are_no_difference_unless_everything_is_kept(recording, tmp_path, capfdbinary):
    (tmp_path / "b.sse").write_bytes(say(OTHER))
    for format_options in ([], ["--markdown"]):
        call = ["diff", str(recording), str(tmp_path / "b.sse"), *format_options]
        assert main(call) == 0
        assert main([*call, "--no-redact"]) == 1
        assert OTHER[12:] in capfdbinary.readouterr().out.decode()


@pytest.mark.parametrize(
    "command", [["export", "--as", "vtt"], ["chunks"], ["diff"], ["index", "--to", "x"], ["stats"]]
)
@pytest.mark.parametrize("option", ["--paths", "--emails", "--identities"])
def test_keeping_everything_and_removing_something_exclude_each_other(command, option, recording, capsys):
    files = [recording, recording] if command[0] == "diff" else [recording]
    assert main([command[0], *map(str, files), *command[1:], option, "--no-redact"]) == 2
    assert "--no-redact: keeps everything" in capsys.readouterr().err
