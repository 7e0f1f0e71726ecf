import pytest

from viewer.library.snippets import hits_in


def columns(**texts):
    return {"content": "", "reasoning": "", "tools": "", "request": "", **texts}


def test_the_places_of_the_answer_come_before_those_of_the_request():
    hits = hits_in(columns(request='{"q":"Lima?"}', content="In LIMA.", tools='weather {"city":"Lima"}'), "lima", 9)
    assert [(hit.column, hit.offset, hit.found) for hit in hits] == [
        ("content", 3, "LIMA"),
        ("tools", 17, "Lima"),
        ("request", 6, "Lima"),
    ]


def test_places_that_one_snippet_shows_count_once_and_there_are_no_more_than_asked_for():
    assert len(hits_in(columns(content="Lima, Lima"), "Lima", 9)) == 1
    assert len(hits_in(columns(content=("Lima" + " " * 200) * 9), "Lima", 3)) == 3


def test_a_snippet_says_where_its_text_was_cut():
    (hit,) = hits_in(columns(content=f"{'a' * 100}Lima"), "Lima", 1)
    assert hit.before == f"…{'a' * 24}"
    assert hits_in(columns(content="to Lima"), "Lima", 1)[0].before == "to "


@pytest.mark.parametrize(("pattern", "found"), [('say "hi"', 'say "hi"'), ("caf\u00e9", "caf\u00e9")])
def test_what_json_writes_with_escapes_is_found_and_shown_without_them(pattern, found):
    (hit,) = hits_in(columns(request='{"text":"now\\nsay \\"hi\\" in the caf\\u00e9"}'), pattern, 1)
    assert hit.found == found
    assert "\\n" not in hit.before


def test_nothing_is_found_for_an_empty_pattern_and_a_pattern_is_no_expression():
    assert hits_in(columns(content="a.b"), "", 9) == []
    assert hits_in(columns(content="axb"), "a.b", 9) == []
