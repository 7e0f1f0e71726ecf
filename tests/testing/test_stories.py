import pytest

from viewer.testing.stories import unused_words


@pytest.mark.parametrize(
    ("used", "words"),
    [
        ([], ""),
        ([True], ""),
        ([False], "interaction 0"),
        ([False, False], "all"),
        ([True, False], "interaction 1"),
        ([False, True, False, False, False], "interactions 0 and 2 to 4"),
    ],
)
def test_interactions_that_were_not_used_are_written_in_short(used, words):
    assert unused_words(used) == words
