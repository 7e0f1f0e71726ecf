"""A file in a private folder tells another call of the same user which viewer runs."""

import json
import os
import stat

import pytest

from viewer.cli.opening.running import Running, find_running, forget_running, note_running, this_build

RUNNING = Running(8501, "token", "1.0 here")


@pytest.fixture
def environment(tmp_path):
    return {"XDG_RUNTIME_DIR": str(tmp_path)}


def test_another_call_finds_what_was_noted(environment):
    note_running(RUNNING, environment)
    assert find_running("1.0 here", environment) == RUNNING
    assert RUNNING.address == "http://127.0.0.1:8501"


def test_only_this_user_can_read_it(environment):
    path = note_running(RUNNING, environment)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_token_is_never_shown():
    assert "token" not in repr(RUNNING).replace("token=", "")


def test_another_build_is_not_found(environment):
    note_running(RUNNING, environment)
    assert find_running("2.0 here", environment) is None


def test_a_build_differs_by_its_settings_and_does_not_tell_them():
    one, other = this_build({}), this_build({"VIEWER_SHARES": "s3://key:secret@bucket"})
    assert one == this_build({"PATH": "/bin"}) != other
    assert "secret" not in other


def test_a_viewer_that_ends_is_forgotten_unless_another_was_noted_since(environment):
    path = note_running(RUNNING, environment)
    other = Running(8502, "another", "1.0 here")
    note_running(other, environment)
    forget_running(path, RUNNING)
    assert find_running("1.0 here", environment) == other
    forget_running(path, other)
    assert find_running("1.0 here", environment) is None


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"port": "x", "token": "t", "build": "1.0 here"}', "\x00", "[" * 10_000]
)
def test_a_damaged_note_is_not_taken_for_a_viewer(environment, text):
    note_running(RUNNING, environment).write_text(text)
    assert find_running("1.0 here", environment) is None


@pytest.mark.parametrize("damage", ["mode", "link"])
def test_a_folder_that_others_may_have_made_is_neither_read_nor_written(environment, tmp_path, monkeypatch, damage):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    folder = tmp_path / "cassette-viewer"
    if damage == "mode":
        folder.mkdir()
        folder.chmod(0o755)
    else:
        (tmp_path / "theirs").mkdir(mode=0o700)
        folder.symlink_to(tmp_path / "theirs")
    (folder / "running.json").write_text(json.dumps({"port": 1, "token": "theirs", "build": "1.0 here"}))
    assert find_running("1.0 here", environment) is None
    with pytest.raises(OSError, match=r"is not|No such"):
        note_running(RUNNING, environment)


def test_without_a_runtime_folder_it_is_one_for_each_user_among_the_temporary_files(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    path = note_running(RUNNING, {"XDG_RUNTIME_DIR": "/proc"})
    assert path.parent == tmp_path / f"cassette-viewer-{os.getuid()}"
    assert find_running("1.0 here", {}) == RUNNING
