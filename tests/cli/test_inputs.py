import io
import os
import threading
import zipfile
from types import SimpleNamespace

import pytest

from tests.conftest import SEED
from viewer.cli.inputs import find_inputs

pytestmark = pytest.mark.usefixtures("folder")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with two recordings and a file with the name of something else; beside it an empty folder and an empty archive."""
    (tmp_path / "recorded" / "deep").mkdir(parents=True)
    for name in ("b.yaml", "deep/a.yaml"):
        (tmp_path / "recorded" / name).write_bytes(SEED.read_bytes())
    (tmp_path / "recorded" / "README.md").write_text("notes")
    (tmp_path / "empty").mkdir()
    with zipfile.ZipFile(tmp_path / "packed.zip", "w") as archive:
        archive.writestr("one.yaml", SEED.read_bytes())
        archive.writestr("two.yaml", SEED.read_bytes())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_files_folders_archives_and_standard_input_can_be_named_together(monkeypatch):
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(SEED.read_bytes())))
    inputs = find_inputs(["recorded", "packed.zip", "-", "recorded/b.yaml"])
    assert [one.shown for one in inputs.files] == [
        "recorded/b.yaml",
        "recorded/deep/a.yaml",
        "packed.zip/one.yaml",
        "packed.zip/two.yaml",
        "standard input",
        "recorded/b.yaml",
    ]
    assert [one.is_named for one in inputs.files] == [False, False, False, False, True, True]
    assert all(one.read().data == SEED.read_bytes() for one in inputs.files)
    assert (inputs.skipped, inputs.is_single) == (1, False)


def test_an_archive_on_standard_input_is_opened(folder, monkeypatch):
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO((folder / "packed.zip").read_bytes())))
    assert [one.shown for one in find_inputs(["-"]).files] == ["standard input/one.yaml", "standard input/two.yaml"]


@pytest.mark.parametrize(
    ("argument", "is_single"), [("recorded/b.yaml", True), ("recorded/deep", False), ("gone", True)]
)
def test_only_a_file_is_single_even_if_a_folder_holds_one(argument, is_single):
    assert find_inputs([argument]).is_single is is_single


@pytest.mark.parametrize("argument", ["gone.yaml", "../gone.yaml", "recorded/../gone.yaml", "{absolute}/gone.yaml"])
def test_a_file_that_is_gone_is_named_as_it_was_typed(folder, argument):
    argument = argument.format(absolute=folder)
    (refused,) = find_inputs([argument]).refused
    assert str(refused) == f"{argument}: cannot be read: No such file or directory."


def test_what_holds_nothing_that_may_be_a_recording_is_known_by_its_argument():
    with zipfile.ZipFile("none.zip", "w"):
        pass
    inputs = find_inputs(["recorded", "empty"])
    assert (inputs.fruitless, inputs.refused) == (("empty",), [])
    inputs = find_inputs(["none.zip", "recorded"])
    assert [*inputs.fruitless, *(one.file for one in inputs.refused)] == ["none.zip"]


def test_a_pipe_is_read_like_standard_input(folder):
    os.mkfifo("pipe")
    writer = threading.Thread(target=lambda: (folder / "pipe").write_bytes(SEED.read_bytes()))
    writer.start()
    inputs = find_inputs(["pipe"])
    writer.join()
    (one,) = inputs.files
    assert one.read().data == SEED.read_bytes()
    # So --to names the file to write, not a folder.
    assert inputs.is_single


def test_the_file_that_a_command_writes_is_left_out_of_the_folder_that_it_reads(folder):
    inputs = find_inputs(["recorded"], leave_out=folder / "recorded" / "b.yaml")
    assert [one.shown for one in inputs.files] == ["recorded/deep/a.yaml"]
    inputs = find_inputs(["recorded/b.yaml"], leave_out=folder / "recorded" / "b.yaml")
    assert [one.shown for one in inputs.files] == ["recorded/b.yaml"]
