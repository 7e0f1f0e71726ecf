"""Recordings made to take long are redacted in time that grows with their size.

What takes quadratic time misses these limits several times over.
"""

import base64
import json
import random
import string
import time

import pytest

from tests.support.planted import secrets_of
from viewer.redaction import Redaction, redact_file
from viewer.redaction.cassette import rules_for
from viewer.redaction.marks import mark_cuts
from viewer.redaction.spans import Cut

pytestmark = pytest.mark.process
SIZE = 100_000
MAX_SEARCH_S = 2.0
MAX_FILE_S = 3.0
SECRET = secrets_of("openai-key")[0]


def filled(piece, size=SIZE):
    return (piece * (size // len(piece) + 1))[:size]


def tokens(count):
    dice = random.Random(0)  # noqa: S311 - not real secrets
    return [f"sk-proj-{''.join(dice.choices(string.ascii_letters + string.digits, k=40))}" for _ in range(count)]


def runs_of_base64(size):
    dice = random.Random(0)  # noqa: S311 - as above
    return " ".join(base64.b64encode(dice.randbytes(18)).decode() for _ in range(size // 25))


TEXTS = [
    *(filled(character) for character in "x1 \n\t=:\"'{[%\\/-_@.&<"),
    *("sk-", "sk- ", "xoxb-", "ghp_", "eyJ", "SG.", "AKIA", "AccountKey=", "x-api-key", "api-key: ", "Bearer "),
    *("Basic AAAAAAAAA ", "aws_secret_access_key", "://", "://a:", "://:aaaa@", "?password=abcdefgh1&", "password="),
    *("password: ", '"token": "', "API_KEY=\n", "-H 'Authorization: ", "a_", "a.b@", "-----BEGIN PRIVATE KEY-----\n"),
    *("-----BEGIN ", "%25", "%41", "\\n", "\\u0041", "&#65;", "QUJD", "QUJDREVGR0hJSktMTU5PUFFSU1RV ", "/home/"),
    *("Cookie: a=b; ", "<password>", "mysql -p", "--password ", "-u a:b ", "curl -u ", "eyJaaaaaaaaaaaa.eyJ"),
    *("-----BEGIN PRIVATE KEY-----" + "A" * 19_000, "xoxb-" + "a" * 50, "sk-" + "_" * 60, "Basic " + "+" * 10_000),
    "sk-proj-" + filled("aB3"),
    "password=" + filled("aB3"),
    " ".join(tokens(SIZE // 50)),
    runs_of_base64(SIZE),
    base64.b64encode(base64.b64encode(base64.b64encode(filled(SECRET, SIZE // 4).encode()))).decode(),
]


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: repr(text[:24]))
def test_a_text_is_searched_in_linear_time(text):
    finder = rules_for(Redaction(personal_paths=True, emails=True)).finder
    begin = time.process_time()
    finder.find(filled(text))
    assert time.process_time() - begin < MAX_SEARCH_S


def event(**delta):
    return f"data: {json.dumps({'choices': [{'index': 0, 'delta': delta}]})}\n\n"


def go_vcr(body, request="", url="https://api.example/v1", **headers):
    response = {"status": "200 OK", "code": 200, "headers": {"Content-Type": ["text/event-stream"]}, "body": body}
    sent = {"method": "POST", "url": url, "headers": headers, "body": request}
    return json.dumps({"version": 2, "interactions": [{"id": 0, "request": sent, "response": response}]})


def pieces(text, length):
    return [text[place : place + length] for place in range(0, len(text), length)]


FILES = {
    "a long secret": go_vcr(event(content="sk-proj-" + filled("aB3"))),
    "a long secret in pieces": "".join(event(content=one) for one in pieces("sk-proj-" + filled("aB3", 10_000), 4)),
    "many secrets": go_vcr(event(content="hi"), json.dumps({"messages": " ".join(tokens(SIZE // 50))})),
    "many named values": go_vcr(
        event(content="hi"), json.dumps({f"{number}_password": f"hunter{number}x!" for number in range(SIZE // 40)})
    ),
    "a hundred secrets in characters": "".join(event(content=one) for one in " ".join(tokens(50))),
    "problems that quote": "".join(event(content=one) + f"data: {{bad {one}\n\n" for one in tokens(SIZE // 160)),
    "deep JSON": go_vcr(event(content="hi"), '{"a":' * (SIZE // 6) + f'"{SECRET}"' + "}" * (SIZE // 6)),
    "many layouts": "".join(event(**{f"k{number}": {"a": "x"}}) for number in range(SIZE // 60)),
    "JSON in JSON": go_vcr(event(content=json.dumps({"a": json.dumps({"b": json.dumps({"token": filled("ab1 ")})})}))),
    "a long URL": go_vcr(event(content="hi"), url="https://h/?" + filled("api_key=abcdefgh1&")),
    "many users in a URL": go_vcr(event(content="hi"), url=filled("://a@")),
    "long headers": go_vcr(event(content="hi"), **{"X-A": [filled("sk-")], "Cookie": [filled("a=b; ")]}),
    "a form": go_vcr(event(content="hi"), filled("password=hunter2x&")),
}


@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
def test_a_file_is_redacted_in_linear_time(text):
    begin = time.process_time()
    redact_file(text.encode(), "x")
    assert time.process_time() - begin < MAX_FILE_S


def test_many_marks_in_a_long_text_take_linear_time():
    begin = time.process_time()
    marked = mark_cuts("ab\n" * 1_000_000, [Cut(place, place + 3) for place in range(0, 3_000_000, 30)])
    assert marked.count("••\n") == 100_000
    assert time.process_time() - begin < MAX_SEARCH_S
