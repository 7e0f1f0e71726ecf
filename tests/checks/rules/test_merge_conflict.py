import json

from tests.support.checking import violations_in
from tests.support.har_files import asked, chat, entry, har

SECRET = "sk-proj-" + "aB3dE5gH7jK9mN1pQ3sT" + "T3BlbkFJ" + "aB3dE5gH7jK9mN1pQ3sT"


def conflicted(*entries):
    text = json.dumps(json.loads(har(*entries)), indent=1)
    return text.replace('{\n "log"', '{\n<<<<<<< HEAD\n=======\n "a": 1,\n>>>>>>> main\n "log"', 1)


def test_a_conflict_is_told_with_its_line_and_label(tmp_path):
    (tmp_path / "a.har").write_text(conflicted(entry(asked(), chat("a"))))
    [found] = violations_in(tmp_path, "merge-conflict")
    assert (found.line, found.file) == (2, f"{tmp_path}/a.har")
    assert found.message == "A conflict of a merge begins at line 2: “<<<<<<< HEAD”."


def test_a_recording_with_a_conflict_is_not_judged_for_anything_else(tmp_path):
    call = entry(asked(user=SECRET), chat("a"))
    (tmp_path / "a.har").write_bytes(har(call))
    (tmp_path / "b.har").write_text(conflicted(call))
    found = violations_in(tmp_path, "merge-conflict", "secret", "duplicate")
    assert {(one.file.rpartition("/")[2], one.rule) for one in found} == {
        ("a.har", "secret"),
        ("b.har", "merge-conflict"),
    }


def test_further_conflicts_are_counted(tmp_path):
    text = conflicted(entry(asked(), chat("a")))
    (tmp_path / "a.har").write_text(text + "\n<<<<<<< HEAD\n=======\n \n>>>>>>> main\n")
    [found] = violations_in(tmp_path, "merge-conflict")
    assert found.message.endswith("1 more conflict below.")


def test_a_recording_without_a_conflict_is_fine(tmp_path):
    (tmp_path / "a.har").write_bytes(har(entry(asked(), chat("<<<<<<< HEAD\n=======\n>>>>>>> main\n"))))
    assert violations_in(tmp_path, "merge-conflict") == []


def test_recordings_with_a_conflict_are_not_compared_with_others(tmp_path):
    for name in ("a.sse", "b.sse"):
        (tmp_path / name).write_text("<<<<<<< HEAD\n=======\n: comment\n>>>>>>> main\n" + chat("a"))
    found = violations_in(tmp_path, "merge-conflict", "duplicate")
    assert [one.rule for one in found] == ["merge-conflict", "merge-conflict"]
