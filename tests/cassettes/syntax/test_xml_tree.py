import pytest

from viewer.cassettes.syntax.xml_tree import read_xml
from viewer.types.limits import DEFAULT_LIMITS, Limits

ELSEWHERE = "file:///etc/hostname"


def read(text, limits=DEFAULT_LIMITS):
    return read_xml(text.encode(), limits)


def test_elements_have_attributes_text_and_children():
    root, trouble = read('<a x="1">one<b>two</b><c><![CDATA[<three>]]></c> more</a>')
    assert (root.name, root.attributes, root.text, trouble) == ("a", {"x": "1"}, "one more", "")
    assert (root.child_text("b"), root.child_text("c"), root.child_text("d"), root.child("d")) == (
        "two",
        "<three>",
        "",
        None,
    )


@pytest.mark.parametrize("cut", range(1, 25))
def test_a_document_that_is_cut_off_is_read_up_to_there(cut):
    whole = "<a>\n<b>one</b>\n<c>two</c></a>"
    root, trouble = read(whole[:cut])
    assert "line" in trouble
    if cut > len("<a>\n<b>one"):
        assert root.child("b").text == "one"


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE a [<!ENTITY x "boom">]>',
        f'<!DOCTYPE a [<!ENTITY x SYSTEM "{ELSEWHERE}">]>',
        f'<!DOCTYPE a [<!ENTITY % x SYSTEM "{ELSEWHERE}"> %x;]>',
        '<!DOCTYPE a [<!ENTITY l "lol"><!ENTITY x "&l;&l;&l;&l;&l;&l;&l;">]>',
    ],
)
def test_declared_entities_are_refused(doctype):
    root, trouble = read(f"{doctype}<a>&x;</a>")
    assert root is None
    assert "declares the entity" in trouble


def test_an_external_document_type_is_not_read_and_its_entities_stay_as_they_are():
    root, trouble = read(f'<!DOCTYPE a SYSTEM "{ELSEWHERE}"><a>1 &x; 2 &amp;</a>')
    assert (root.text, trouble) == ("1 &x; 2 &", "")


def test_declared_elements_and_attributes_are_accepted():
    root, trouble = read('<!DOCTYPE a [<!ELEMENT a (#PCDATA)><!ATTLIST a b CDATA "default">]><a>1</a>')
    assert (root.text, root.attributes, trouble) == ("1", {"b": "default"}, "")


def test_a_document_that_is_nested_too_deeply_is_read_up_to_there():
    root, trouble = read("<a>" * 30 + "</a>" * 30, Limits(depth=20))
    depth = 1
    while root.children:
        root, depth = root.children[0], depth + 1
    assert depth == 20
    assert "nested too deeply" in trouble


@pytest.mark.parametrize(
    "data", [b"", b"\x00", b"<", b"<?xml version='1.0' encoding='none'?><a/>", b"\xff\xfe<\x00", b"x"]
)
def test_what_is_no_xml_has_no_tree(data):
    root, trouble = read_xml(data, DEFAULT_LIMITS)
    assert root is None
    assert trouble
