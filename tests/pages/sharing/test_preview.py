"""The marks that the preview lists."""

import viewer
from tests.pages.sharing.test_share import KEY, secret_cassette
from viewer.pages.sharing.preview import find_marks


def test_each_mark_is_listed_once_with_its_place_and_the_text_around_it():
    redacted = viewer.redact(viewer.load(secret_cassette().encode(), "a.yaml"))[0]
    marks = "•" * len(KEY)
    assert [(one.where, one.before[-7:], one.marks, one.after[:2]) for one in find_marks(redacted)] == [
        ("request 0 body", ' "keep ', marks, '"}'),
        ("response 0 content", "key is ", marks, " ."),
    ]


def test_a_cassette_without_secrets_has_no_marks(seed):
    assert list(find_marks(seed)) == []
