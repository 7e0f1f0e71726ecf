"""Synthetic items in the layout of Burp's export, with the document type that it writes."""

import base64

import pytest

import viewer
from tests.support.fuzzing import use
from viewer.cassettes.document import Document
from viewer.cassettes.recorders import burp
from viewer.types.http import Moment

BODY = 'data: {"choices":[{"index":0,"delta":{"content":"Olá"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
URL = "https://api.openai.com/v1/chat/completions"
REQUEST = "POST /v1/chat/completions HTTP/1.1\r\nHost: api.openai.com\r\n\r\n{}"
RESPONSE = f"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n{BODY}"
DOCTYPE = """<!DOCTYPE items [
<!ELEMENT items (item*)>
<!ATTLIST items burpVersion CDATA "">
<!ELEMENT item (time, url, host, request, status, response, comment)>
<!ATTLIST request base64 (true|false) "false">
<!ATTLIST response base64 (true|false) "false">
]>
"""


def element(name, text, *, packed=True):
    content = base64.b64encode(text.encode()).decode() if packed else text
    return f'<{name} base64="{str(packed).lower()}"><![CDATA[{content}]]></{name}>'


def item(request=REQUEST, response=RESPONSE, *, packed=True, time="Sun May 03 20:01:02 UTC 2026", url=URL):
    address = f"<url><![CDATA[{url}]]></url>" if url else ""
    sent, received = element("request", request, packed=packed), element("response", response, packed=packed)
    return f'<item><time>{time}</time>{address}<host ip="1.1.1.1">h</host>{sent}<status>200</status>{received}</item>'


def items(*listed, doctype=DOCTYPE):
    return f'<?xml version="1.0"?>\n{doctype}<items burpVersion="2026.7" exportTime="x">\n{"".join(listed)}</items>'.encode()


@pytest.mark.parametrize("packed", [True, False])
def test_items_are_read_as_they_were_on_the_wire(packed):
    loaded = viewer.load(items(item(packed=packed), item(packed=packed)))
    assert (loaded.format, loaded.format_version, loaded.problems) == ("burp", "2026.7", [])
    interaction = loaded.interactions[0]
    request, response = interaction.request, interaction.response
    assert (request.method, request.url, request.headers["host"], request.body) == (
        "POST",
        URL,
        "api.openai.com",
        b"{}",
    )
    assert (response.status_line, response.content_type) == ("200 OK", "text/event-stream")
    assert interaction.times.started == Moment(1777838462, 1.0)
    assert [stream.text() for stream in loaded.streams] == ["Olá"] * 2


@pytest.mark.parametrize("zone", ["EST", "ECT", "CEST", "utc", ""])
def test_a_time_in_a_zone_that_means_several_is_not_read(zone):
    loaded = viewer.load(items(item(time=f"Sun May 03 20:01:02 {zone} 2026")))
    assert loaded.interactions[0].times.started is None


@pytest.mark.parametrize("time", ["Sun May 99 20:01:02 UTC 2026", "Sun Mai 03 20:01:02 UTC 2026", "", "x"])
def test_what_is_no_time_is_not_read(time):
    assert viewer.load(items(item(time=time))).interactions[0].times.started is None


def test_without_an_address_the_url_is_that_of_the_request():
    loaded = viewer.load(items(item(url="")))
    assert loaded.interactions[0].request.url == "//api.openai.com/v1/chat/completions"


def test_the_chunked_coding_is_removed_if_it_is_there():
    head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    size = f"{len(BODY.encode()):x}"
    whole, removed, broken = f"{size}\r\n{BODY}\r\n0\r\n\r\n", BODY, f"{size}\r\n{BODY}"
    loaded = viewer.load(items(*(item(response=head + body) for body in (whole, removed, broken))))
    assert [stream.text() for stream in loaded.streams] == ["Olá"] * 3
    assert [problem.interaction for problem in loaded.problems] == [2]


def test_an_item_without_a_response_is_a_problem():
    loaded = viewer.load(items(item(response=""), item()))
    assert loaded.interactions[0].request.url == URL
    assert [problem.interaction for problem in loaded.problems if problem.severity == "error"] == [0]


def test_a_file_that_is_cut_off_is_read_up_to_there():
    loaded = viewer.load(items(item(), item())[:-300])
    assert loaded.streams[0].text() == "Olá"
    assert any("broken or cut off" in problem.message for problem in loaded.problems)


def test_a_declared_entity_is_refused():
    bomb = items(item(), doctype='<!DOCTYPE items [<!ENTITY x SYSTEM "file:///etc/hostname">]>')
    with pytest.raises(viewer.CassetteError, match="declares the entity x"):
        viewer.load(bomb)


def test_a_file_without_items_is_refused():
    with pytest.raises(viewer.CassetteError, match="no items"):
        viewer.load(items())


@pytest.mark.parametrize("other", [b"<items><item/></items>", b'x <items burpVersion="1">', b"<a/>"])
def test_other_files_are_not_claimed(other):
    assert burp.recognise(Document(other, "a")) == 0


@pytest.mark.parametrize(
    "odd",
    [
        "<request/>",
        "<request><a><b/></a></request>",
        '<request base64="true">!</request>',
        "<request>x</request><url/>",
    ],
)
def test_odd_items_leave_the_others_readable(odd):
    assert viewer.load(items(f"<item>{odd}</item>", "text", "<other/>", item())).streams[-1].text() == "Olá"


def test_no_damage_raises():
    whole = items(item(), item(packed=False))
    for cut in range(0, len(whole), 60):
        use(whole[:cut])
    use(items(item("<a>" * 1000), "<b>" * 1000))
