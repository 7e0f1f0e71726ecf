"""Lines are compared with a plain search in the file for words that stand in it once."""

import gzip
import json

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import viewer
from tests.conftest import SAMPLES, SEED
from viewer.checks import source_tree
from viewer.checks.places import Places, locate
from viewer.checks.recording import Recording, unopened
from viewer.checks.violation import Violation
from viewer.types.problems import CassetteError, Problem

URL = "https://api.example.com/v1/chat/completions"
WORDS = [f"unique{number:04}" for number in range(40)]
STREAM = "".join(f'data: {{"choices": [{{"delta": {{"content": "It\'s a {word} \\u00e9"}}}}]}}\n\n' for word in WORDS)
OTHER = STREAM.replace("unique", "other")


def recording_of(text, name="cassette.yaml"):
    data = text if isinstance(text, bytes) else text.encode()
    return Recording(name, data, viewer.load(data, name))


def line_in(text, word):
    """The line of the only place in which a word stands."""
    (line,) = [number for number, line in enumerate(text.split("\n"), 1) if word in line]
    return line


def interactions(bodies=(STREAM, OTHER)):
    """Interactions as vcrpy records them."""
    return [
        {
            "request": {
                "body": json.dumps({"prompt": f"question{index} " * 30}),
                "headers": {"Authorization": [f"Bearer token{index}"], "Host": ["api.example.com"]},
                "method": "POST",
                "uri": URL,
            },
            "response": {
                "body": {"string": body},
                "headers": {"content-type": ["text/event-stream"], "x-request-id": [f"req{index}"]},
                "status": {"code": 200, "message": "OK"},
            },
        }
        for index, body in enumerate(bodies)
    ]


def vcrpy(bodies=(STREAM, OTHER), **how):
    return yaml.dump({"interactions": interactions(bodies), "version": 1}, **{"Dumper": yaml.CDumper, **how})


def go_vcr(bodies=("first\nbody of this", "second\nbody of this")):
    lines = ["---", "version: 2", "interactions:"]
    for index, body in enumerate(bodies):
        lines += [f"  - id: {index}", "    request:", "      method: POST", f"      url: {URL}"]
        lines += ["      headers:", "        Authorization:", f"          - Bearer token{index}"]
        lines += ["    response:", "      body: |-", *(f"        {line}" for line in body.rstrip("\n").split("\n"))]
        lines += ["      code: 200", "      status: 200 OK"]
    return "\n".join(lines) + "\n"


def har(indent):
    entries = [
        {
            "request": {"method": "POST", "url": URL, "headers": [{"name": "Authorization", "value": f"token{index}"}]},
            "response": {"status": 200, "headers": [], "content": {"mimeType": "text/event-stream", "text": body}},
        }
        for index, body in enumerate((STREAM, OTHER))
    ]
    pages = [{"title": URL}, {"title": URL}]
    return json.dumps({"log": {"version": "1.2", "pages": pages, "entries": entries}}, indent=indent)


@pytest.mark.parametrize("dumper", [yaml.CDumper, yaml.Dumper])
@pytest.mark.parametrize("style", ['"', "'", "|", None])
def test_each_word_of_a_folded_body_has_its_own_line(style, dumper):
    # In double quotes, only the one in Python escapes the line ends at which it folds.
    text = vcrpy(default_style=style, Dumper=dumper)
    places = Places(recording_of(text))
    told = [places.text(word, 0) for word in WORDS]
    assert told == [line_in(text, word) for word in WORDS]
    assert len(set(told)) > 10


@pytest.mark.parametrize("text", [vcrpy(), vcrpy(default_style='"', width=60), go_vcr((STREAM, "short answer"))])
def test_an_offset_in_a_body_leads_to_the_line_of_its_byte(text):
    recording = recording_of(text)
    body = recording.cassette.interactions[0].response.body
    places = Places(recording)
    for word in WORDS:
        assert places.body(0, body.index(word.encode())) == line_in(text, word)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.text(alphabet="a \n\t'\"\\:#-é\u2028", max_size=12), min_size=1, max_size=12), st.sampled_from("\"'|")
)
def test_a_line_is_right_or_that_of_the_field_whatever_a_body_holds(pieces, style):
    body = "".join(f"{piece}word{number:03} " for number, piece in enumerate(pieces))
    text = vcrpy((body,), default_style=style, allow_unicode=True)
    recording = recording_of(text)
    places = Places(recording)
    field = places.body(0)
    for number in range(len(pieces)):
        assert places.text(f"word{number:03}", 0) in {line_in(text, f"word{number:03}"), field}


@pytest.mark.parametrize(
    "text", [vcrpy(), go_vcr(), har(2), json.dumps({"interactions": interactions(), "version": 1}, indent=1)]
)
def test_interactions_and_fields_have_the_lines_on_which_they_begin(text):
    recording = recording_of(text)
    assert len(recording.cassette.interactions) == 2
    places = Places(recording)
    lines = text.split("\n")
    begins = [places.interaction(0), places.interaction(1)]
    assert begins[0] < places.text("token0", 0) < begins[1] < places.text("token1", 1)
    assert "token1" in lines[places.text("token1") - 1]
    assert URL in lines[places.text(URL, 1) - 1]
    assert any(word in lines[places.body(1) - 1] for word in ("body", "string", '"text"'))


def test_a_file_on_one_line_has_one_line():
    places = Places(recording_of(har(None)))
    assert {places.interaction(1), places.text(URL, 0), places.text("token1"), places.text("unique0007")} == {1}


def test_a_raw_stream_has_the_line_of_each_event():
    recording = recording_of(STREAM, "stream.sse")
    places = Places(recording)
    body = recording.cassette.interactions[0].response.body
    assert places.interaction(0) == 1
    assert [places.text(word, 0) for word in WORDS] == [line_in(STREAM, word) for word in WORDS]
    assert places.body(0, body.index(b"unique0003")) == line_in(STREAM, "unique0003")


def test_json_lines_have_the_line_of_each_event():
    text = "".join(json.dumps({"model": "m", "message": {"content": word}, "done": False}) + "\n" for word in WORDS)
    recording = recording_of(text, "stream.ndjson")
    places = Places(recording)
    assert [places.text(word) for word in WORDS] == list(range(1, 41))
    assert places.offset(text.index("unique0005")) == 6


def test_a_problem_has_the_line_of_its_event():
    broken = STREAM.replace('{"choices": [{"delta": {"content": "It\'s a unique0011', "{broken unique0011")
    text = go_vcr((broken, "short"))
    recording = recording_of(text)
    (problem,) = [one for one in recording.cassette.problems if "JSON" in one.message]
    assert Places(recording).problem(problem) == line_in(text, "unique0011")
    assert Places(recording).problem(Problem("error", "No response.", interaction=1)) == line_in(text, "id: 1")
    assert Places(recording).problem(Problem("error", "Broken.", offset=text.index("id: 1"))) == line_in(text, "id: 1")
    assert Places(recording).problem(Problem("error", "Broken.")) is None


def test_a_secret_over_several_lines_is_found_where_it_begins():
    key = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG\n-----END PRIVATE KEY-----"
    text = go_vcr((f"here\n{key}\nthere", "second"))
    assert Places(recording_of(text)).text(key, 0) == line_in(text, "BEGIN PRIVATE KEY")


def test_a_secret_that_is_split_has_the_line_of_its_interaction():
    text = vcrpy()
    places = Places(recording_of(text))
    assert places.text("unique0001unique0002", 1) == places.interaction(1) > 1
    assert places.text("unique0001unique0002") is None


def test_the_same_secret_in_two_interactions_has_a_line_in_each():
    text = go_vcr(("the same-secret here", "and\nthe same-secret there"))
    places = Places(recording_of(text))
    assert places.text("same-secret", 0) < places.interaction(1) < places.text("same-secret", 1)


def test_interactions_in_another_order_than_in_the_file_have_no_line():
    recording = recording_of(go_vcr(("first answer of the two", "second answer of the two")))
    recording.cassette.interactions.reverse()
    places = Places(recording)
    assert (places.interaction(0), places.body(0)) == (None, None)


def test_lists_of_another_length_are_not_taken_for_interactions():
    recording = recording_of(go_vcr())
    recording.cassette.interactions.pop()
    assert Places(recording).interaction(0) is None


def test_a_compressed_file_has_no_lines():
    data = gzip.compress(vcrpy().encode())
    places = Places(recording_of(data, "cassette.yaml.gz"))
    assert (places.interaction(0), places.text("token0"), places.offset(3)) == (None, None, None)


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe\x00", b"\x80\x81" * 50, b"{" * 100_000, b"- " * 100_000, b"[1}", b'{"a": "']
)
def test_a_file_that_is_no_recording_gives_no_line_and_no_exception(data):
    places = Places(unopened("file", data, CassetteError("file", "not a recording")))
    assert places.text("nothing") is None


def test_the_end_of_a_file_that_is_cut_off_has_its_line():
    text = go_vcr() + "  - id: 2\n    request: {url: [\n"
    recording = recording_of(text)
    (problem,) = [one for one in recording.cassette.problems if "cut off at line" in one.message]
    assert Places(recording).problem(problem) == len(text.split("\n"))
    packed = recording_of(gzip.compress(text.encode()), "cassette.yaml.gz")
    assert Places(packed).problem(problem) is None


@pytest.mark.parametrize("text", [go_vcr(), har(2)])
def test_a_file_of_too_many_values_has_no_lines_but_those_of_texts(text, monkeypatch):
    monkeypatch.setattr(source_tree, "_MAX_NODES", 20)
    places = Places(recording_of(text))
    assert places.interaction(0) is None
    assert places.text("token1") == line_in(text, "token1")


def test_a_broken_file_still_has_lines_for_what_was_read():
    text = go_vcr((STREAM, "unread"))
    cut = text[: text.index("unique0030")]
    recording = recording_of(cut)
    assert Places(recording).text("unique0020", 0) == line_in(text, "unique0020")


def test_lines_are_counted_as_git_counts_them():
    """U+2028 ends a line for libyaml, and neither for Git nor for GitHub."""
    text = go_vcr(("a\u2028b\u2028c", "d")).replace("\n", "\r\n")
    assert Places(recording_of(text)).text("token1") == line_in(text, "token1")


def test_violations_that_have_a_line_keep_it():
    recording = recording_of(go_vcr())
    told = [
        Violation("age", "warn", "f", "m", "a", "0", line, index) for line, index in ((7, 1), (None, 1), (None, None))
    ]
    places = Places(recording)
    assert [one.line for one in locate(recording, told)] == [7, places.interaction(1), None]


@pytest.mark.parametrize(
    "path", sorted(path for path in SAMPLES.iterdir() if path.suffix in {".yaml", ".json", ".har"})
)
def test_the_samples_have_lines_on_which_their_interactions_begin(path):
    recording = recording_of(path.read_bytes(), path.name)
    places = Places(recording)
    told = [places.interaction(index) for index in range(len(recording.cassette.interactions))]
    assert None not in told
    assert told == sorted(told)


def test_the_seed_has_the_line_of_its_last_event():
    recording = recording_of(SEED.read_bytes(), SEED.name)
    body = recording.cassette.interactions[0].response.body
    lines = SEED.read_text().split("\n")
    told = Places(recording).body(0, body.rindex(b"[DONE]"))
    assert "[DONE]" in lines[told - 1]
