import os
import zipfile

import pytest

from tests.support.git_repositories import GitRepository
from tests.support.har_files import asked, chat, conflicted, entry, har
from viewer.cli.main import main


def run(*arguments):
    return main(["diff", *map(str, arguments)])


def call(text="Hello.", request=None, **changes):
    return har(entry(request or asked(), chat(text, **changes)))


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A repository with a commit, the current folder."""
    made = GitRepository(tmp_path / "repository")
    for name in ("a", "b", "gone", "old"):
        made.put(f"cassettes/{name}.har", call(name, asked(user=name)))
    made.put("elsewhere.har", call())
    made.commit()
    # Templates of Git differ from machine to machine.
    (made.folder / ".git/branches").mkdir(exist_ok=True)
    monkeypatch.chdir(made.folder)
    return made


def change(repository):
    repository.put("cassettes/a.har", call("other", asked(user="a")))
    repository.put("cassettes/gone.har", None)
    repository.put("cassettes/old.har", None)
    repository.put("cassettes/new.har", call("renamed", asked(user="old")))
    repository.put("cassettes/added.har", call("added", asked(user="added")))
    repository.put("elsewhere.har", call("elsewhere"))


EXPECTED = ["2 of 2 recordings differ in text.", "Recordings: 1 only in B, 1 only in A, 1 renamed."]


def test_the_working_tree_is_compared_with_a_revision(repository, capsys):
    change(repository)
    assert run("HEAD", "--", "cassettes") == 1
    written = capsys.readouterr()
    lines = written.out.splitlines()
    assert lines[0].startswith("A: HEAD (")
    assert lines[1] == "B: the working tree"
    assert lines[2:4] == EXPECTED
    assert "cassettes/old.har → cassettes/new.har: text" in lines
    assert "elsewhere.har" not in written.out
    assert written.err == ""


@pytest.mark.parametrize("revisions", [["HEAD~1"], ["HEAD~1", "HEAD"], ["HEAD~1..HEAD"], ["start...HEAD"]])
def test_a_commit_is_compared_however_it_is_named(repository, revisions, capsys):
    repository.git("branch", "start")
    change(repository)
    repository.commit()
    assert run(*revisions, "--", "cassettes/") == 1
    assert capsys.readouterr().out.splitlines()[2:4] == EXPECTED


def test_three_dots_leave_out_what_the_other_branch_changed(repository, capsys):
    repository.git("checkout", "-q", "-b", "topic")
    repository.put("cassettes/a.har", call("topic", asked(user="a")))
    repository.commit()
    repository.git("checkout", "-q", "main")
    repository.put("cassettes/b.har", call("main", asked(user="b")))
    repository.commit()
    assert run("main...topic", "--") == 1
    written = capsys.readouterr().out
    assert "A: merge base of main...topic (" in written
    assert "cassettes/a.har" in written
    assert "cassettes/b.har" not in written


def test_nothing_is_checked_out_and_no_index_is_written(repository, capsys):
    change(repository)
    status = repository.git("status", "--porcelain")
    index = (repository.folder / ".git/index").stat().st_mtime_ns
    run("HEAD", "--", "cassettes")
    capsys.readouterr()
    assert (repository.folder / ".git/index").stat().st_mtime_ns == index
    assert repository.git("status", "--porcelain") == status


@pytest.mark.usefixtures("repository")
def test_the_same_revision_does_not_differ(capsys):
    assert run("HEAD", "HEAD", "--", "cassettes") == 0
    assert "No differences." in capsys.readouterr().out


def test_the_conflict_of_a_merge_is_said_and_the_status_is_2(repository, capsys):
    repository.git("checkout", "-q", "-b", "topic")
    repository.put("cassettes/a.har", call("topic", asked(user="a")))
    repository.commit()
    repository.git("checkout", "-q", "main")
    repository.put("cassettes/a.har", call("main", asked(user="a")))
    repository.put("cassettes/b.har", call("changed", asked(user="b")))
    repository.commit()
    repository.git("merge", "topic", check=False)
    assert run("HEAD", "--", "cassettes") == 2
    written = capsys.readouterr().out
    assert "has a merge conflict in line 1." in written


def test_a_submodule_is_named_with_what_to_do(repository, tmp_path, capsys):
    other = GitRepository(tmp_path / "other")
    other.put("x.har", call())
    other.commit()
    repository.git(
        "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other.folder), "cassettes/sub"
    )
    repository.commit()
    assert run("HEAD~1", "HEAD", "--", "cassettes") == 0
    assert "cassettes/sub  B   is a submodule: run `diff` in it" in capsys.readouterr().out
    assert run("HEAD", "--", "cassettes/sub/x.har") == 2
    assert "submodule" in capsys.readouterr().err


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nope", "--", "cassettes"], "nope: is not a revision of this repository."),
        (["HEAD", "HEAD", "HEAD", "--", "cassettes"], "name one or two revisions before --"),
        (["HEAD", "--", "casettes"], "casettes: names no file that Git knows here."),
        (["HEAD", "cassettes"], "write: cassette-viewer diff HEAD -- PATH"),
        (["cassettes"], "name two recordings or two folders"),
        (["cassettes", "elsewhere.har"], "cassettes: holds many recordings."),
        (["cassettes", ".git/branches"], ".git/branches: holds no recordings."),
        ([".git/refs", ".git/refs"], "neither .git/refs nor .git/refs holds recordings."),
        (["elsewhere.har", "elsewhere.har", "--report", "x.html"], "--report is for folders and revisions."),
    ],
)
def test_a_wrong_call_gets_one_clear_line(arguments, message, capsys):
    assert run(*arguments) == 2
    written = capsys.readouterr()
    assert written.out == ""
    assert message in written.err
    assert written.err.count("\n") == 1


def test_outside_a_repository_the_message_says_what_to_do(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", os.fspath(tmp_path.parent))
    monkeypatch.chdir(tmp_path)
    assert run("HEAD", "--", ".") == 2
    assert "is not in a Git repository. Run it in a repository, or name two folders" in capsys.readouterr().err


def test_bodies_in_other_files_are_read_from_the_revision(repository, capsys):
    """WireMock keeps a body in `__files`, so the mapping stays the same if only its body changes."""
    mapping = (
        '{"request": {"method": "POST", "url": "/v1/chat/completions"}, "response": {"status": 200,'
        ' "bodyFileName": "body.txt", "headers": {"Content-Type": "text/event-stream"}}}'
    )
    repository.put("wiremock/mappings/one.json", mapping)
    repository.put("wiremock/__files/body.txt", chat("before"))
    repository.commit()
    repository.put("wiremock/__files/body.txt", chat("after"))
    assert run("HEAD", "--", "wiremock") == 1
    written = capsys.readouterr().out
    assert "wiremock/mappings/one.json: text" in written
    assert "- before" in written
    assert "+ after" in written
    repository.commit()
    assert run("HEAD~1", "HEAD", "--", "wiremock") == 1
    assert "+ after" in capsys.readouterr().out


@pytest.fixture
def folders(tmp_path):
    """Two folders of which one recording of three differs."""
    for folder, text in (("before", "1"), ("after", "2")):
        (tmp_path / folder).mkdir()
        for name in ("x.har", "y.har"):
            (tmp_path / folder / name).write_bytes(call(name))
        (tmp_path / folder / "z.har").write_bytes(call(text))
    return tmp_path


def test_two_folders_are_compared(folders, capsys):
    assert run(folders / "before", folders / "after") == 1
    written = capsys.readouterr().out
    assert "1 of 3 recordings differs in text." in written
    assert run(folders / "before", folders / "before") == 0


def test_two_archives_or_an_archive_and_a_folder_are_compared(folders, capsys):
    for name in ("before", "after"):
        with zipfile.ZipFile(folders / f"{name}.zip", "w") as archive:
            for path in (folders / name).iterdir():
                archive.write(path, path.name)
    assert run(folders / "before.zip", folders / "after.zip") == 1
    assert "2 the same" in capsys.readouterr().out
    assert run(folders / "before.zip", folders / "before") == 0


def test_aspects_are_chosen_as_for_two_recordings(folders, capsys):
    assert run(folders / "before", folders / "after", "--ignore", "text") == 0
    assert "Not compared: text." in capsys.readouterr().out
    assert run(folders / "before", folders / "after", "--only", "text") == 1


def test_a_broken_recording_makes_the_status_2_after_all_others_were_compared(folders, capsys):
    (folders / "after" / "x.har").write_bytes(conflicted(call("1"), call("2")))
    assert run(folders / "before", folders / "after", "--markdown") == 2
    written = capsys.readouterr().out
    assert "`x.har` | B | `has a merge conflict in line 1.`" in written
    assert "1 of 2 recordings differs in text." in written


def test_names_that_begin_with_a_dash_follow_two_dashes(folders, monkeypatch, capsys):
    monkeypatch.chdir(folders)
    (folders / "-a.har").write_bytes(call())
    assert run("--", "-a.har", "-a.har") == 0
    assert "No differences." in capsys.readouterr().out


def test_the_report_is_written_to_a_file_or_into_a_folder(folders, capsys):
    page = folders / "page.html"
    assert run(folders / "before", folders / "after", "--report", page) == 1
    assert "<ins>+ 2</ins>" in page.read_text()
    (folders / "pages").mkdir()
    run(folders / "before", folders / "after", "--report", folders / "pages")
    assert (folders / "pages/diff.html").read_text() == page.read_text()
    assert "page.html" in capsys.readouterr().err
