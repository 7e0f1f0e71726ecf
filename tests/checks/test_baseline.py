import json
import shutil
import subprocess

import pytest

from viewer.checks.baseline import VERSION, compare_with, file_exists, read_baseline, read_to_update, updated
from viewer.checks.violation import Violation
from viewer.types.problems import CassetteError

GIT = shutil.which("git")


def violation(number, file="a.yaml", rule="secret"):
    return Violation(rule, "fail", file, f"openai-key {number}.", "Revoke it.", f"{number:016x}", number)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "baseline.json"


def write(path, *violations, checked=("a.yaml", "b.yaml")):
    path.write_text(updated(read_to_update(path), violations, checked, lambda _file: True))


def test_known_violations_are_told_from_new_and_gone_ones(path):
    write(path, violation(1), violation(2))
    compared = compare_with(read_baseline(path), [violation(2), violation(3)], {"a.yaml"})
    assert (compared.new, compared.known) == ([violation(3)], [violation(2)])
    assert [(one.fingerprint, one.file, one.rule) for one in compared.gone] == [(f"{1:016x}", "a.yaml", "secret")]


def test_nothing_is_said_of_files_that_were_not_checked_unless_they_do_not_exist(path):
    write(path, violation(1, "a.yaml"), violation(2, "b.yaml"), violation(3, "removed.yaml"))
    compared = compare_with(read_baseline(path), [], {"a.yaml"}, lambda file: file != "removed.yaml")
    assert [one.file for one in compared.gone] == ["a.yaml", "removed.yaml"]


def test_a_file_in_an_archive_exists(tmp_path):
    (tmp_path / "all.zip").write_bytes(b"")
    assert file_exists(str(tmp_path / "all.zip"))
    assert file_exists(str(tmp_path / "all.zip/a.yaml"))
    assert not file_exists(str(tmp_path / "a.yaml"))


def test_an_update_keeps_what_is_known_of_files_that_were_not_checked(path):
    write(path, violation(1, "a.yaml"), violation(2, "b.yaml"), violation(3, "removed.yaml"))
    text = updated(read_to_update(path), [violation(4, "a.yaml")], {"a.yaml"}, lambda file: file != "removed.yaml")
    assert [one["file"] for one in list(json.loads(text).values())[:-1]] == ["a.yaml", "b.yaml"]


def test_a_baseline_does_not_depend_on_order_lines_and_messages():
    moved = Violation("secret", "warn", "a.yaml", "Said otherwise.", "Else.", f"{1:016x}", 99)
    assert updated({}, [violation(1), violation(2)], ()) == updated({}, [violation(2), moved, moved], ())


def test_a_baseline_has_one_line_for_each_violation_and_no_message():
    assert updated({}, [violation(2, "é.yaml"), violation(1)], ()) == (
        "{\n"
        '"0000000000000001": {"file": "a.yaml", "rule": "secret"},\n'
        '"0000000000000002": {"file": "\\u00e9.yaml", "rule": "secret"},\n'
        '"version": 1\n'
        "}\n"
    )


def test_an_empty_baseline_is_one(path):
    write(path)
    assert read_baseline(path) == {}


@pytest.mark.process
def test_branches_that_add_violations_merge_in_git(tmp_path, path):
    def git(*arguments):
        identity = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
        subprocess.run([GIT, *identity, *arguments], cwd=tmp_path, check=True, capture_output=True)

    def commit(*violations):
        write(path, *violations)
        git("add", ".")
        git("commit", "-m", "Accept")

    (tmp_path / ".gitattributes").write_text("baseline.json merge=union\n")
    git("init", "-b", "main")
    commit(violation(1))
    git("switch", "-c", "other")
    commit(violation(1), violation(2), violation(4, "b.yaml"))
    git("switch", "main")
    commit(violation(1), violation(3), violation(4, "b.yaml"))
    git("merge", "other")
    assert {one.fingerprint[-1] for one in read_baseline(path).values()} == {"1", "2", "3", "4"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            f'{{"version": {VERSION + 1}}}',
            f"is a baseline of version {VERSION + 1}; this program compares with version {VERSION}",
        ),
        ('{"version": 0}', "is a baseline of version 0; this program"),
        ('{"name": "package"}', "is not a baseline of this program: it has no version"),
        ('{"version": true}', "it has no version"),
        ("[]", "it has no version"),
        ("[tool.ruff]", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ('{"0": {"file": 3}, "version": 1}', "the entry '0' names no file and rule"),
        ('{"0": null, "version": 1}', "the entry '0' names no file and rule"),
        ('{\n<<<<<<< HEAD\n"version": 1\n', "has a merge conflict at line 2"),
    ],
)
def test_what_is_no_baseline_is_refused_with_the_reason(path, text, reason):
    path.write_text(text)
    with pytest.raises(CassetteError) as refused:
        read_baseline(path)
    assert reason in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("text", ['{"version": 0}', '{\n=======\n"version": 1}', '{"0": {}, "version": 1}', None])
def test_a_baseline_that_is_missing_older_or_broken_is_written_again(path, text):
    if text:
        path.write_text(text)
    with pytest.raises(CassetteError, match="--update-baseline"):
        read_baseline(path)
    assert read_to_update(path) == {}


@pytest.mark.parametrize("text", [f'{{"version": {VERSION + 1}}}', '{"name": "package"}', "[tool.ruff]", "\udcff"])
def test_another_file_and_a_newer_baseline_are_never_written_over(path, text):
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(CassetteError):
        read_to_update(path)


def test_a_file_whose_name_is_too_long_does_not_exist():
    assert not file_exists("a" * 5_000)
