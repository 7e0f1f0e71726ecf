"""Whatever an interaction holds is read back from the cassette as it was."""

import random

import pytest
import yaml

import viewer
from viewer.cassettes import read_recording
from viewer.cassettes.document import Document
from viewer.cassettes.go_vcr_export import interactions_text
from viewer.types.http import Arrivals, Headers, Interaction, RecordedTimes, Request, Response

LONE_SURROGATES = ["\ud800", "\udc00"]
PIECES = [
    *("a", "Z", "0", "1.5e3", "-", "+5", "0x1F", "1_000", "010", "0o7", ".inf", "null", "~", "yes", "true", "12:30:45"),
    *("= ", "<<", "- ", "? ", ": ", "#", " #", "'", '"', "\\", "{", "]", ",", "&", "*", "!", "|", ">", "%", "@", "`"),
    *("---", "...", "\n---\n", "key: v", "2024-01-01", "!!binary", "\n", "\r", "\r\n", "\t", " ", "  "),
    *("\0", "\x1b", "\x7f", "\x80", "\x85", "\u2028", "\u2029", "\ufeff", "\ufffe", "\uffff", "\ue000"),
    *("é", "•", "😀", "\U00100041", "\U0010ffff"),
]


def read_back(interactions):
    return read_recording(Document(interactions_text(interactions).encode(), "a.yaml")).interactions


def lower(headers):
    return {name.lower(): value for name, value in headers.items()}


def parts(interaction):
    request, response = interaction.request, interaction.response
    sent = (request.method, request.url, lower(request.headers), request.body)
    return (*sent, response.status, lower(response.headers), response.body)


def random_interaction(dice):
    def text(most=6):
        return "".join(dice.choices(PIECES, k=dice.randint(0, most)))

    def headers():
        return Headers([(text(), text()) for _ in range(dice.randint(0, 3))])

    def body():
        return dice.randbytes(dice.randint(0, 20)) if dice.random() < 0.3 else text(15).encode()

    response = Response(dice.choice([200, 404, 599, None]), "", headers(), body())
    return Interaction(Request(text(), text(), headers(), body()), response)


@pytest.mark.parametrize("seed", range(4))
def test_any_interaction_is_read_back_as_it_was(seed):
    dice = random.Random(seed)  # noqa: S311 - a seeded choice of cases
    interactions = [random_interaction(dice) for _ in range(150)]
    assert list(map(parts, read_back(interactions))) == list(map(parts, interactions))


@pytest.mark.parametrize("half", LONE_SURROGATES)
def test_half_of_a_surrogate_pair_becomes_the_replacement_character(half):
    text = f"a{half}b"
    headers = Headers([(text, text)])
    [again] = read_back([Interaction(Request(text, text, headers), Response(200, text, headers))])
    assert (again.request.method, again.request.url, again.response.reason) == ("a\ufffdb",) * 3
    assert dict(again.request.headers) == {"a\ufffdb": "a\ufffdb"}


def test_a_surrogate_pair_in_two_halves_becomes_its_character():
    [again] = read_back([Interaction(Request("POST", "\ud83d\ude00"), Response(200))])
    assert again.request.url == "😀"


def test_a_body_with_half_of_a_surrogate_pair_keeps_its_bytes():
    body = "a\ud800".encode("utf-8", "surrogatepass")
    [again] = read_back([Interaction(Request(body=body), Response(body=body))])
    assert again.request.body == again.response.body == body


@pytest.mark.parametrize("mark", ["\u2028", "\u2029"])
def test_a_line_end_of_yaml_1_1_alone_is_escaped(mark):
    """A reader of YAML 1.2 would take the indentation after it for text."""
    assert mark not in interactions_text([Interaction(Request(body=f"a\n{mark}b\n".encode()), Response())])


def test_a_text_of_several_lines_is_a_block():
    assert "body: |+\n" in interactions_text([Interaction(Request(), Response(body=b"data: a\n\ndata: b\n\n"))])


def test_header_names_are_written_as_go_writes_them():
    """https://pkg.go.dev/net/textproto#CanonicalMIMEHeaderKey: a name with other characters than those of a token is kept."""
    headers = Headers([("x-request-ID", "1"), ("ACCEPT", "a, b"), ("straße x", "c")])
    tree = yaml.safe_load(interactions_text([Interaction(Request(headers=headers), Response())]))
    assert tree["interactions"][0]["request"]["headers"] == {
        "X-Request-Id": ["1"],
        "Accept": ["a, b"],
        "straße x": ["c"],
    }


def test_why_an_exchange_broke_off_is_read_back():
    text = interactions_text([Interaction(Request(), Response(200, body=b"a"))], {0: "the client left"})
    messages = [problem.message for problem in viewer.load(text.encode()).problems]
    assert any("The recording is incomplete" in message and "the client left" in message for message in messages)


def test_the_arrivals_of_events_are_read_back():
    body = b'data: {"a":1}\n\ndata: {"a":2}\n\n'
    times = RecordedTimes(headers_s=0.25, arrivals=Arrivals((1e-05, 1.5), (13, 28), since_request=True))
    [again] = read_back([Interaction(Request(), Response(200, body=body), times)])
    assert (again.times.headers_s, again.times.arrivals.s, again.times.arrivals.ends) == (0.25, (1e-05, 1.5), (13, 28))
