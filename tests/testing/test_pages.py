"""The pages of a failing test's cassettes."""

from tests.support.chats import ASKED_KEY, RECORDED_KEY
from viewer.testing.failure import failure_lines
from viewer.testing.files import open_file
from viewer.testing.pages import page_name, write_pages
from viewer.testing.recorders import vcrpy
from viewer.testing.uses import Opened
from viewer.testing.watching import Uses


def test_a_page_is_written_without_secrets(chats, tmp_path):
    assert RECORDED_KEY in chats.read_text()
    (page,) = write_pages([open_file(str(chats), str(tmp_path))], "test_it.py::test_it", tmp_path / "deep" / "pages")
    assert [path.name for path in (tmp_path / "deep" / "pages").iterdir()] == [page.name]
    assert "Is it warm in Lima?" in page.read_text()
    assert RECORDED_KEY not in page.read_text()


def test_a_file_that_cannot_be_opened_has_no_page(tmp_path):
    assert write_pages([open_file(str(tmp_path / "missing.yaml"), str(tmp_path))], "test", tmp_path / "pages") == []
    assert not (tmp_path / "pages").exists()


def test_names_are_safe_whatever_the_parameters_of_a_test_are():
    name = page_name(f"tests/test_it.py::test_it[../../{ASKED_KEY}\0\n<b>:ünï{'x' * 500}]", "/a/../chat.yaml")
    assert name.startswith("tests_test_it.py-test_it_.._.._")
    assert name.endswith(".html")
    assert len(name.encode()) < 200
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
    assert "sk-proj" not in name


def test_two_tests_or_cassettes_never_share_a_page():
    names = [page_name(test, path) for test in ("t[a/b]", "t[a:b]") for path in ("x/chat.yaml", "y/chat.yaml")]
    assert len(set(names)) == 4


def test_a_folder_that_cannot_be_written_is_told(chats, tmp_path):
    import vcr

    (tmp_path / "taken").write_text("")
    uses = Uses([Opened(vcrpy, vcr.cassette.Cassette.load(path=str(chats)), str(tmp_path))])
    lines = failure_lines(uses, "test_it", str(tmp_path), tmp_path / "taken")
    assert lines[-1] == "No page was written to taken: File exists"
    lines = failure_lines(uses, "test_it", str(tmp_path), tmp_path / "pages")
    assert lines[-1] == f"Page in pages: {page_name('test_it', str(chats))}"
