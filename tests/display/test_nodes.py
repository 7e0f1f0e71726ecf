import pytest

from viewer.display import nodes
from viewer.display.nodes import MAX_HTML_CHARACTERS, SVG_TAGS, TAGS, SharedTexts, html, node


def test_a_node_is_a_tag_with_attributes_and_children():
    assert node("p", "note", "text", node("b", "", "bold")) == ["p", {"class": "note"}, "text", ["b", {}, "bold"]]
    assert node("td", {"class": "number", "scope": ""}, "1", tip="one") == [
        "td",
        {"class": "number", "title": "one"},
        "1",
    ]
    assert node("details", {"open": ""}) == ["details", {"open": ""}]


@pytest.mark.parametrize("tag", ["script", "img", "iframe", "P", ""])
def test_a_tag_that_could_run_or_fetch_something_is_refused(tag):
    with pytest.raises(ValueError, match="not a tag of a node"):
        node(tag)


def test_the_browser_builds_exactly_the_tags_that_python_allows():
    source = nodes.script()
    for tag in TAGS | SVG_TAGS:
        assert f"{tag} " in source or f"{tag}'" in source, tag
    start = source.index("const HTML_TAGS")
    listed = source[start : source.index(".split", start)]
    assert set(listed.replace("'", " ").split()) >= TAGS
    assert not {"script", "img", "iframe", "style", "link"} & set(listed.replace("'", " ").split())


def test_html_shows_recorded_text_literally():
    shown = html([node("p", {"title": '"<b>'}, "<img src=x>"), "&"])
    assert shown == '<p title="&quot;&lt;b&gt;">&lt;img src=x&gt;</p>&amp;'


def test_html_shows_only_the_beginning_of_a_very_long_text():
    shown = html(["x" * (MAX_HTML_CHARACTERS + 5)])
    assert shown.endswith("x … and 5 more characters")


def test_half_a_surrogate_pair_becomes_a_replacement_character():
    assert node("p", "\ud800", "\ud800", tip="\ud800") == ["p", {"class": "\ufffd", "title": "\ufffd"}, "\ufffd"]


def test_a_long_text_that_repeats_is_stored_once():
    shared = SharedTexts()
    long = "a prompt that is sent with every request of the agent"
    assert shared.packed(node("p", "", long)) == shared.packed(node("p", "", long)) == ["p", {}, 0]
    assert shared.packed(node("p", "", "short")) == ["p", {}, "short"]
    assert shared.texts == [long]
