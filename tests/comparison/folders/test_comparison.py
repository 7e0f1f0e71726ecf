import time

import pytest

from tests.support.har_files import asked, chat, conflicted, entry, har
from viewer.comparison.folders.markdown import as_markdown
from viewer.comparison.folders.text import as_text

SECRET = "sk-proj-Zk3v9QxT7bLmN2pR8sWyA4cD6eF1gH5j"  # noqa: S105 - made up


def call(text="Hello.", request=None, **changes):
    return [entry(request or asked(), chat(text, **changes))]


def test_equal_files_and_files_that_differ_only_in_ids_are_the_same(compare):
    result = compare({"a.har": call(), "b.har": call()}, {"a.har": call(), "b.har": call(call_id="other")})
    assert (result.same, result.changed, result.aspects) == (2, [], ())


def test_files_are_paired_by_path_in_subfolders(compare):
    result = compare({"x/a.har": call(), "y/a.har": call("1")}, {"x/a.har": call("2"), "y/a.har": call("1")})
    assert [(file.left, file.right) for file in result.changed] == [("x/a.har", "x/a.har")]
    assert result.aspects == ("text",)


def test_a_renamed_recording_is_compared_with_what_it_was(compare):
    other = call("x", asked(temperature=0))
    result = compare(
        {"old.har": call("1"), "gone.har": other}, {"new.har": call("2"), "added.har": call("x", asked(n=2))}
    )
    assert result.renamed == [("old.har", "new.har")]
    assert [(file.left, file.right) for file in result.changed] == [("old.har", "new.har")]
    assert [one.name for one in result.removed] == ["gone.har"]
    assert [one.name for one in result.added] == ["added.har"]
    assert result.aspects == ("interactions", "text")


def test_a_file_that_was_only_renamed_is_the_same(compare):
    result = compare({"old.har": call()}, {"new.har": call()})
    assert (result.renamed, result.same, result.aspects) == ([("old.har", "new.har")], 1, ())


def test_only_the_chosen_aspects_count(compare):
    result = compare({"a.har": call("1"), "x.har": call()}, {"a.har": call("2")}, chosen=["usage"])
    assert (result.aspects, result.same) == ((), 1)


def test_a_recording_that_broke_is_named_and_the_others_are_compared(compare):
    result = compare({"a.har": call("1"), "b.har": call()}, {"a.har": call("2"), "b.har": har(*call())[:80]})
    [broken] = result.unopened
    assert (broken.name, broken.side, broken.is_failure) == ("b.har", "B", True)
    assert broken.reason
    assert len(result.changed) == 1


def test_a_merge_conflict_is_said_with_its_line_also_in_a_new_file(compare):
    conflict = conflicted(har(*call("1")), har(*call("2")))
    result = compare({"a.har": call()}, {"a.har": b"\n" + conflict, "new.har": conflict})
    assert [(one.name, one.side, one.reason) for one in result.failures] == [
        ("a.har", "B", "has a merge conflict in line 2."),
        ("new.har", "B", "has a merge conflict in line 1."),
    ]


def test_a_pointer_of_git_lfs_gets_advice(compare):
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n"
    result = compare({"a.har": call()}, {"a.har": pointer})
    assert "git lfs pull" in result.failures[0].reason


def test_binary_files_and_files_of_other_kinds_are_skipped_without_a_failure(compare):
    left = {"a.har": call(), "x.bin": b"\0\1", "conf.json": b'{"a": 1}', "both.bin": b"\0", "README.md": b"# x"}
    right = {"a.har": call(), "conf.json": b'{"a": 2}', "both.bin": b"\0\2", "new.bin": b"\0\3", "README.md": b"# x"}
    result = compare(left, right)
    assert result.failures == []
    assert [(one.name, one.side) for one in result.unopened] == [("conf.json", "")]
    assert result.skipped == 4


def test_a_file_that_vanishes_is_named(compare, monkeypatch, tmp_path):
    from viewer.comparison.folders import comparison

    opened = comparison.open_tree_file

    def vanish(file, content):
        (tmp_path / "b" / "a.har").unlink(missing_ok=True)
        return opened(file, content)

    monkeypatch.setattr(comparison, "open_tree_file", vanish)
    result = compare({"a.har": call("1"), "z.har": call("1")}, {"a.har": call("2"), "z.har": call("2")})
    assert [(one.name, one.side, one.is_failure) for one in result.unopened] == [("a.har", "B", True)]
    assert "No such file" in result.unopened[0].reason
    assert [file.right for file in result.changed] == ["z.har"]


def test_a_request_is_kept_with_the_answer_that_changed_because_of_it(compare):
    result = compare({"a.har": call("1")}, {"a.har": call("2", asked(temperature=0.9))})
    [one] = result.changed[0].interactions
    assert [(piece.alike.name, piece.alike.left, piece.alike.right) for piece in one.causes] == [
        ("temperature", "0.5", "0.9")
    ]
    assert [piece.alike.aspect for piece in one.effects] == ["text"]


@pytest.mark.parametrize("write", [as_text, as_markdown])
def test_no_output_holds_a_secret_even_of_another_file(compare, write):
    # Only the header of the first file tells that it is one.
    word = "correct-horse-battery-staple-77"
    known = [entry(asked(), chat("Hello"), headers={"X-Api-Key": word})]
    left = {"a.har": known, "b.har": call("1")}
    right = {
        "a.har": [entry(asked(), chat("Bye"), headers={"X-Api-Key": word})],
        "b.har": call(f"the code {word} and {SECRET}"),
    }
    result = compare(left, right)
    written = result.checked(write(result))
    assert "the code" in written
    assert word not in written
    assert SECRET not in written
    as_recorded = compare(left, right, options=None)
    assert word in as_recorded.checked(write(as_recorded))


def test_a_secret_in_the_name_of_a_file_is_removed(compare):
    name = f"{SECRET}.har"
    result = compare({name: call("1"), f"gone-{name}": call("1", asked(n=3))}, {name: call("2")})
    assert SECRET not in as_text(result)
    assert ".har" in as_text(result)


def test_two_secrets_of_equal_length_do_not_differ(compare):
    result = compare({"a.har": call(SECRET)}, {"a.har": call(SECRET.replace("Zk3v", "Qw8e"))})
    assert result.aspects == ()


def test_texts_without_anything_in_common_take_no_time_for_each_of_many_files(compare):
    """Reversed, each of these texts alone would be given seconds."""
    words = " ".join(f"word{n}😀" for n in range(300))
    count = 8
    started = time.process_time()
    result = compare(
        {f"{n}.har": call(words) for n in range(count)}, {f"{n}.har": call(words[::-1]) for n in range(count)}
    )
    assert len(result.changed) == count
    assert time.process_time() - started < count
