import viewer
from tests.support.har_files import asked, chat, entry, har
from viewer.comparison.folders.pairing import Lone, pair_by_content, pair_by_path, requests_digest
from viewer.comparison.folders.tree import TreeFile


def files(*names):
    return [TreeFile(name, lambda: None) for name in names]


def lone(name, content, requests=b""):
    return Lone(TreeFile(name, lambda: None), content, requests, 1)


def names(pairs):
    return [(one.file.name, other.file.name) for one, other in pairs]


def test_files_are_paired_by_path_and_the_rest_is_kept():
    found = pair_by_path(files("b", "a", "x"), files("c", "a", "b"))
    assert [(one.name, other.name) for one, other in found.pairs] == [("a", "a"), ("b", "b")]
    assert [file.name for file in found.only_left] == ["x"]
    assert [file.name for file in found.only_right] == ["c"]


def test_equal_content_is_paired_before_equal_requests():
    left = [lone("old/a", b"1", b"r"), lone("old/b", b"2", b"r")]
    right = [lone("new/z", b"1", b"r"), lone("new/y", b"3", b"r")]
    assert names(pair_by_content(left, right)) == [("old/b", "new/y"), ("old/a", "new/z")]


def test_among_equal_requests_the_most_similar_names_are_paired():
    left = [lone("test_one.yaml", b"1", b"r"), lone("test_two.yaml", b"2", b"r")]
    right = [lone("renamed/test_two.yaml", b"3", b"r"), lone("renamed/test_one.yaml", b"4", b"r")]
    assert names(pair_by_content(left, right)) == [
        ("test_one.yaml", "renamed/test_one.yaml"),
        ("test_two.yaml", "renamed/test_two.yaml"),
    ]


def test_recordings_without_requests_are_paired_only_by_content():
    assert pair_by_content([lone("a", b"1")], [lone("b", b"2")]) == []


def test_ids_and_answers_do_not_change_the_digest_of_requests():
    def digest(request, answer):
        return requests_digest(viewer.load(har(entry(request, answer)), "a.har"))

    one = digest(asked(metadata={"id": 1}), chat("Hello"))
    assert one == digest(asked(metadata={"id": 1}), chat("Goodbye", call_id="other"))
    assert one != digest(asked(temperature=1), chat("Hello"))
    assert requests_digest(viewer.load(chat("Hello").encode(), "a.sse")) == b""
