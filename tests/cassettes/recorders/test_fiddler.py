"""Synthetic archives in the layout of Fiddler's session archives."""

import gzip
import io
import zipfile

import pytest

import viewer
from tests.support.fuzzing import use
from viewer.cassettes.document import Document
from viewer.cassettes.recorders import fiddler
from viewer.files.entries import Member, Named
from viewer.files.folders import members
from viewer.streams.loading import open_recording
from viewer.types.http import Moment
from viewer.types.limits import Limits

BODY = 'data: {"choices":[{"index":0,"delta":{"content":"Olá"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
URL = "https://api.openai.com/v1/chat/completions"
REQUEST = f"POST {URL} HTTP/1.1\r\nHost: api.openai.com\r\n\r\n{{}}"
HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
RESPONSE = f"{HEAD}\r\n{BODY}"
STAMPS = ("2026-05-03T22:01:02.5000000+02:00", "2026-05-03T22:01:03.1250000+02:00", "2026-05-03T22:01:04.7500000+02:00")


def times(began=STAMPS[0], first=STAMPS[1], done=STAMPS[2]):
    timers = f'ClientBeginRequest="{began}" DNSTime="0" ServerBeginResponse="{first}" ServerDoneResponse="{done}"'
    flags = '<PipeInfo /><SessionFlags><SessionFlag N="x-egressport" V="443" /></SessionFlags>'
    return f'<?xml version="1.0" encoding="utf-8"?>\r\n<Session SID="1"><SessionTimers {timers} />{flags}</Session>'


def session(number=1, request=REQUEST, response=RESPONSE, meta=None, folder="raw/"):
    parts = {"c.txt": request, "s.txt": response, "m.xml": times() if meta is None else meta}
    return {f"{folder}{number}_{part}": content for part, content in parts.items() if content != "absent"}


def archive(*sessions, **more):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("_index.htm", "<html></html>")
        file.writestr("[Content_Types].xml", "<Types/>")
        for members in (*sessions, more):
            for name, content in members.items():
                file.writestr(name, content)
    return packed.getvalue()


def test_sessions_are_read_with_their_times():
    loaded = viewer.load(archive(session()))
    assert (loaded.format, loaded.problems) == ("fiddler", [])
    [interaction] = loaded.interactions
    request, response, recorded = interaction.request, interaction.response, interaction.times
    assert (request.method, request.url, request.headers["host"], request.body) == (
        "POST",
        URL,
        "api.openai.com",
        b"{}",
    )
    assert (response.status_line, response.content_type, response.body) == (
        "200 OK",
        "text/event-stream",
        BODY.encode(),
    )
    assert (recorded.headers_s, recorded.whole_s) == (pytest.approx(0.625), pytest.approx(2.25))
    assert recorded.started == Moment(pytest.approx(1777838462.5), 0.001)
    assert recorded.ended == Moment(pytest.approx(1777838464.75), 0.001)
    assert loaded.streams[0].text() == "Olá"


def test_sessions_are_in_the_order_of_their_numbers():
    numbers = ("10", "002", "1")
    listed = [session(number, request=REQUEST.replace("/v1", f"/v{int(number)}")) for number in numbers]
    urls = [interaction.request.url for interaction in viewer.load(archive(*listed)).interactions]
    assert [url.split("/")[3] for url in urls] == ["v1", "v2", "v10"]


def test_names_with_backslashes_are_read():
    assert viewer.load(archive(session(folder="raw\\"))).streams[0].text() == "Olá"


def test_a_chunked_and_compressed_body_is_decoded():
    packed = gzip.compress(BODY.encode())
    head = f"{HEAD}Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n{len(packed):x}\r\n".encode()
    assert viewer.load(archive(session(response=head + packed + b"\r\n0\r\n\r\n"))).streams[0].text() == "Olá"


@pytest.mark.parametrize(
    ("meta", "expected"),
    [
        (times(*(stamp[:-6] for stamp in STAMPS)), (0.625, 2.25)),
        (times(first="0001-01-01T00:00:00"), (None, 2.25)),
        (times(done=STAMPS[0]), (0.625, None)),
        ("<Session", (None, None)),
        ("", (None, None)),
        ("absent", (None, None)),
        ('<!DOCTYPE a [<!ENTITY x "y">]><Session/>', (None, None)),
    ],
)
def test_times_that_are_not_known_are_left_out(meta, expected):
    recorded = viewer.load(archive(session(meta=meta))).interactions[0].times
    assert (recorded.headers_s, recorded.whole_s) == pytest.approx(expected)


def test_times_without_a_zone_give_durations_and_no_date():
    recorded = viewer.load(archive(session(meta=times(*(stamp[:-6] for stamp in STAMPS))))).interactions[0].times
    assert (recorded.started, recorded.ended) == (None, None)


def test_a_session_without_a_response_is_a_problem():
    loaded = viewer.load(archive(session(response="absent"), session(2)))
    assert [problem.interaction for problem in loaded.problems if problem.severity == "error"] == [0]
    assert loaded.streams[0].text() == "Olá"


def test_messages_of_a_web_socket_are_mentioned():
    loaded = viewer.load(archive(session(), **{"raw/1_w.txt": "x"}))
    assert any("WebSocket" in problem.message for problem in loaded.problems)


def test_a_member_that_is_too_large_or_damaged_is_a_problem():
    data = archive(session(), session(2))
    limited = viewer.load(data, limits=Limits(beside_bytes=len(RESPONSE.encode()) - 1))
    assert any("raw/1_s.txt" in problem.message and "too large" in problem.message for problem in limited.problems)
    place = data.index(b"raw/1_s.txt") + len(b"raw/1_s.txt") + 5
    damaged = viewer.load(data[:place] + b"\xff\xff\xff" + data[place + 3 :])
    assert any("raw/1_s.txt" in problem.message for problem in damaged.problems)
    assert damaged.streams[-1].text() == "Olá"


def test_an_archive_is_one_recording_among_others():
    outer = archive({"a/one.saz": archive(session(), session(2)), "two.sse": BODY})
    found = {one.name: one for one in members(Named(outer, "all.zip")) if isinstance(one, Member)}
    assert {"all.zip/a/one.saz", "all.zip/two.sse"} <= found.keys()
    content = found["all.zip/a/one.saz"].read()
    assert len(open_recording(content.data, "one.saz", content.beside).streams) == 2


@pytest.mark.parametrize("name", ["raw/1_s.txt", "other/1_c.txt", "raw/x_c.txt"])
def test_other_zip_files_are_not_claimed(name):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr(name, REQUEST)
    assert fiddler.recognise(Document(packed.getvalue(), "a")) == 0


def test_no_damage_raises():
    whole = archive(session(), session(2, meta="<Session>" * 1000), session(3, request="", response="\0\xff"))
    for cut in range(0, len(whole), 1 + len(whole) // 25):
        use(whole[:cut])
        use(whole[:cut] + b"\xff" + whole[cut + 1 :])
