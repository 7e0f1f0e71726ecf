import json
import subprocess

import pytest

from tests.redaction.test_cassette import chat
from tests.support import planted
from viewer.cli.main import main

pytestmark = pytest.mark.usefixtures("repository")

SECRET = planted.secrets_of("anthropic-key")[0]


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A folder with a good recording, one with a secret, and one that is cut off."""
    folder = tmp_path / "cassettes"
    folder.mkdir()
    (folder / "good.sse").write_bytes(chat([{"content": "good"}]))
    (folder / "leaked.sse").write_bytes(chat([{"content": f"the key {SECRET}\n"}]))
    (folder / "short.sse").write_bytes(
        b'data: {"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"a"}}]}\n\n'
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    return tmp_path


def run(*arguments):
    return main(["check", *map(str, arguments)])


def test_violations_are_grouped_by_file_and_counted(capsys):
    assert run("cassettes") == 1
    out, err = capsys.readouterr()
    assert out.splitlines()[0] == "cassettes/leaked.sse"
    assert "fail  secret  anthropic-key sk-••• in response 0 body." in out
    assert "\n\ncassettes/short.sse\n" in out
    assert "warn  cut-off-stream  The stream ends without a finish reason." in out
    assert out.splitlines()[-1] == "2 violations (1 fails, 1 warns): 3 recordings checked."
    assert SECRET[4:] not in out + err


def test_warnings_alone_end_with_0():
    assert run("cassettes/short.sse") == 0


def test_nothing_found_is_said(capsys):
    assert run("cassettes/good.sse") == 0
    assert capsys.readouterr().out == "Nothing found: 1 recording checked.\n"


def test_json_has_a_line_for_each_violation(capsys):
    assert run("cassettes", "--json") == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(one["file"], one["rule"], one["level"]) for one in lines] == [
        ("cassettes/leaked.sse", "secret", "fail"),
        ("cassettes/short.sse", "cut-off-stream", "warn"),
    ]
    assert set(lines[0]) == {"rule", "level", "file", "line", "interaction", "message", "advice", "fingerprint"}


def test_settings_switch_rules_and_exclude_files(repository):
    settings = repository / ".cassette-viewer.toml"
    settings.write_text('[rules]\ncut-off-stream = "fail"\nsecret = "off"\n')
    assert run("cassettes/leaked.sse") == 0
    assert run("cassettes/short.sse") == 1
    settings.write_text('exclude = ["cassettes/leaked.sse"]\n')
    assert run("cassettes") == 0


def test_wrong_settings_end_with_2(repository, capsys):
    (repository / ".cassette-viewer.toml").write_text('[rules]\nsecrets = "off"\n')
    assert run("cassettes") == 2
    assert "the nearest is 'secret'" in capsys.readouterr().err


def test_a_baseline_leaves_out_what_is_known(repository, capsys):
    assert run("cassettes", "--baseline", "known.json", "--update-baseline") == 0
    assert run("cassettes", "--baseline", "known.json") == 0
    assert capsys.readouterr().out == "Nothing found: 3 recordings checked, 2 more in the baseline.\n"
    assert SECRET[4:] not in (repository / "known.json").read_text()


def test_all_outputs_are_written_in_one_run(repository, capsys):
    assert run("cassettes", "--github", "--sarif", "out.sarif", "--junit", "out.xml") == 1
    assert "::error file=cassettes/leaked.sse" in capsys.readouterr().out
    assert json.loads((repository / "out.sarif").read_text())["version"] == "2.1.0"
    assert "cut-off-stream" in (repository / "out.xml").read_text()


def test_a_folder_without_recordings_ends_with_2(repository, capsys):
    (repository / "empty").mkdir()
    (repository / "empty" / "notes.md").write_text("notes")
    assert run("empty") == 2
    assert "empty: holds no recordings." in capsys.readouterr().err


def test_files_of_other_kinds_are_counted_even_if_they_are_named(repository, capsys):
    (repository / "README.md").write_text("key: [")
    (repository / "picture.bin").write_bytes(bytes(range(256)) * 10)
    (repository / "page.js").write_text("/* a page */\nconst events = {\ndata: 1,\nevent: 2 };\ndata: 3\n")
    (repository / "py.typed").write_text("")
    assert run("README.md", "picture.bin", "page.js", "py.typed", "cassettes/good.sse") == 0
    assert "Left out: 4 other files (not recordings)." in capsys.readouterr().err


def test_a_broken_yaml_file_is_reported(repository, capsys):
    (repository / "cassettes" / "broken.yaml").write_text("interactions: [\n  {a: 'b\n")
    assert run("cassettes/broken.yaml") == 0
    assert "unreadable" in capsys.readouterr().out


def test_a_file_that_does_not_exist_ends_with_2(capsys):
    assert run("cassettes/gone.sse") == 2
    assert "gone.sse" in capsys.readouterr().err


def test_a_submodule_is_left_out_unless_it_is_named(repository, capsys):
    below = repository / "cassettes" / "vendored"
    below.mkdir()
    (below / ".git").write_text("gitdir: ../../.git/modules/vendored\n")
    (below / "leaked.sse").write_bytes((repository / "cassettes" / "leaked.sse").read_bytes())
    (repository / "cassettes" / "leaked.sse").unlink()
    assert run("cassettes") == 0
    assert "1 file (in submodules; name a submodule to check it)" in capsys.readouterr().err
    assert run("cassettes/vendored") == 1


def test_a_file_that_vanishes_is_said(capsys, monkeypatch):
    from viewer.files.entries import LocalFile
    from viewer.types.problems import CassetteError

    read = LocalFile.__call__

    def vanish(self):
        if self.path.endswith("good.sse"):
            raise CassetteError("good.sse", "cannot be read: gone.") from FileNotFoundError()
        return read(self)

    monkeypatch.setattr(LocalFile, "__call__", vanish)
    assert run("cassettes") == 1
    out, err = capsys.readouterr()
    assert "1 file (vanished)" in err
    assert "2 recordings checked" in out


def test_a_terminal_gets_colours_and_no_escape_sequence_of_a_name(repository, capsys, monkeypatch):
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("FORCE_COLOR", "1")
    (repository / "cassettes" / "leaked.sse").rename(repository / "cassettes" / "a\x1b[2Jb.sse")
    assert run("cassettes") == 1
    out = capsys.readouterr().out
    assert "\x1b[31mfail\x1b[0m" in out
    assert "\x1b[2J" not in out


def test_update_baseline_needs_a_baseline(capsys):
    assert run("cassettes", "--update-baseline") == 2
    assert "--update-baseline needs --baseline FILE." in capsys.readouterr().err


@pytest.mark.process
def test_a_real_repository_is_checked_from_its_root(repository):
    subprocess.run(["git", "init", "-q"], cwd=repository, check=True)  # noqa: S607 - the git of the machine
    assert run(".") == 1
