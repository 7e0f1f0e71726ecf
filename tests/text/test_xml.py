from xml.etree import ElementTree as ET

import pytest

from viewer.text.xml import escape_xml


@pytest.mark.parametrize("code", [*range(0x20), 0x7F, 0x85, 0xD800, 0xFFFE, 0xFFFF, ord("<"), ord("&"), ord('"')])
def test_every_character_gives_well_formed_xml_that_shows_something(code):
    xml = f'<a b="{escape_xml(chr(code))}">{escape_xml(f"{chr(code)}]]>")}</a>'
    element = ET.fromstring(xml.encode())  # noqa: S314 - this project's own output
    assert element.text == element.get("b") + "]]>"
    assert element.get("b").isprintable()


def test_text_is_read_back_as_it_was():
    text = "a < b && c > 'd' \"日本\" 👩‍👩‍👧‍👦"
    assert ET.fromstring(f"<a>{escape_xml(text)}</a>").text == text  # noqa: S314 - as above
