"""Arguments that several commands share."""

import json

import pytest

from tests.support.streams import delta
from viewer.cli.main import main


@pytest.fixture
def thinking(tmp_path):
    """A recording whose content begins with thinking in tags."""
    payloads = [delta(content="<think>Let me see.</think>"), delta(content="Hello."), delta("stop")]
    path = tmp_path / "thinking.sse"
    path.write_text("".join(f"data: {json.dumps(payload)}\n\n" for payload in payloads))
    return path


@pytest.mark.parametrize(
    ("command", "content", "reasoning"),
    [
        (["show"], "Wrote about 8 tokens", "Thought, then wrote about 2 tokens"),
        (["show", "--plain"], "content: <think>Let me see.</think>Hello.", "reasoning: Let me see."),
        (["chunks"], ",content,<think>Let me see.</think>,", ",reasoning,Let me see.,"),
        (["replay", "--instant"], "[content]\n<think>", "[reasoning]\nLet me see."),
        (["export", "--as", "vtt"], "<v content>&lt;think&gt;", "<v reasoning>Let me see."),
        (["report", "--to", "-"], "Wrote about 8 tokens", "Thought, then wrote about 2 tokens"),
    ],
    ids=" ".join,
)
def test_think_tags_shows_thinking_in_tags_as_reasoning(capfdbinary, thinking, command, content, reasoning):
    def run(*more):
        assert main([command[0], str(thinking), *command[1:], *more]) == 0
        # Numbers and their units are kept on one line.
        return capfdbinary.readouterr().out.decode().replace("\xa0", " ")

    for written, shown, other in ((run(), content, reasoning), (run("--think-tags"), reasoning, content)):
        assert shown in written
        assert other not in written


def test_think_tags_also_reads_standard_input(capfdbinary, thinking, monkeypatch):
    with thinking.open() as file:
        monkeypatch.setattr("sys.stdin", file)
        assert main(["chunks", "-", "--think-tags", "--kind", "reasoning"]) == 0
    assert b"Let me see." in capfdbinary.readouterr().out


@pytest.mark.parametrize(
    "call",
    [
        ["show", ""],
        ["open", ""],
        ["open", "--library", ""],
        ["diff", "", "b"],
        ["diff", "a", ""],
        ["index", "", "--to", "x"],
    ],
    ids=" ".join,
)
def test_an_empty_name_is_refused_and_does_not_mean_the_current_folder(call, capsys):
    with pytest.raises(SystemExit) as ended:
        main(call)
    assert ended.value.code == 2
    assert ": an empty name names no file\n" in capsys.readouterr().err
