import pytest

from tests.support.git_repositories import GitRepository
from viewer.files.merge_conflicts import conflict_line


@pytest.mark.parametrize("style", ["merge", "diff3", "zdiff3"])
def test_a_conflict_that_git_left_is_found_in_its_line(tmp_path, style):
    repository = GitRepository(tmp_path / "repository")
    repository.put("a.yaml", "one\ntwo\nthree\n")
    repository.commit()
    repository.git("checkout", "-q", "-b", "other")
    repository.put("a.yaml", "one\nTWO\nthree\n")
    repository.commit()
    repository.git("checkout", "-q", "main")
    repository.put("a.yaml", "one\nzwei\nthree\n")
    repository.commit()
    repository.git("-c", f"merge.conflictStyle={style}", "merge", "other", check=False)
    assert conflict_line((tmp_path / "repository/a.yaml").read_bytes()) == 2


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<<<<<<< HEAD\nonly a beginning\n",
        b"  <<<<<<< HEAD\n  =======\n  >>>>>>> other\n",
        b"a heading\n=======\ntext\n",
        b"<<<<<<<< eight\n========\n>>>>>>>> eight\n",
        b">>>>>>> other\n=======\n<<<<<<< HEAD\n",
    ],
)
def test_text_that_is_no_conflict_is_not_taken_for_one(data):
    assert conflict_line(data) is None


def test_lines_may_end_as_on_windows():
    assert conflict_line(b"a\r\n<<<<<<< HEAD\r\nb\r\n=======\r\nc\r\n>>>>>>> other\r\n") == 2
