"""Synthetic cendor cassettes, in the layout of its own writer."""

import copy
import json

import pytest

import viewer

CHUNKS = [
    {"choices": [{"delta": {"content": "Ol\u00e1", "role": "assistant"}, "finish_reason": None, "index": 0}]},
    {"choices": [{"delta": {"content": " mundo", "role": None}, "finish_reason": "stop", "index": 0}]},
    {"choices": [], "usage": {"completion_tokens": 2, "prompt_tokens": 7, "total_tokens": 9}},
]
CHUNKS = [{**chunk, "id": "<redacted>", "model": "m", "object": "chat.completion.chunk"} for chunk in CHUNKS]
DEEP = "[" * 1000 + "]" * 1000
NONSENSE = [None, 5, -1, 1e308, True, "x", "", [], [5], {}, {"a": 1}, {"kind": "sse"}, "DEEP"]


def entry(response, kind="llm", **request):
    return {
        "seq": 0,
        "kind": kind,
        "request_hash": "a960a2",
        "request": {"kind": kind, **request},
        "response": response,
        "response_type": "object",
    }


def write(*entries, **top):
    return json.dumps({"version": 2, **top, "entries": list(entries)}, indent=2).replace('"DEEP"', DEEP).encode()


def load(*entries, **top):
    return viewer.load(write(*entries, **top), "a.json")


def test_the_objects_of_a_stream_are_its_events():
    loaded = load(entry(CHUNKS, provider="openai", model="m", stream=True))
    assert (loaded.format, loaded.format_version) == ("cendor-cassette", "2")
    [interaction] = loaded.interactions
    assert interaction.request.body == b'{"kind":"llm","provider":"openai","model":"m","stream":true}'
    assert (interaction.request.url, interaction.response.status) == ("", None)
    assert [json.loads(line) for line in interaction.response.body.splitlines()] == CHUNKS
    [stream] = loaded.streams
    assert (stream.protocol, stream.model, stream.text()) == ("openai-chat", "m", "Olá mundo")
    assert (stream.finish_reason, stream.complete, stream.usage.total) == ("stop", True, 9)
    assert stream.chunks["event"].nunique() == len(CHUNKS)
    assert [problem.severity for problem in loaded.problems] == ["note"]
    assert "not what came over the wire" in loaded.problems[0].message


def test_a_stream_of_version_1_is_read_without_a_mark():
    loaded = load(entry(CHUNKS, provider="openai"), version=1)
    assert (loaded.format_version, loaded.streams[0].text()) == ("1", "Olá mundo")


def test_a_call_that_was_not_streamed_has_the_response():
    loaded = load(entry({"object": "chat.completion", "choices": []}, stream=False))
    assert loaded.streams == []
    assert loaded.interactions[0].response.content_type == "application/json"
    assert loaded.interactions[0].response.body == b'{"object":"chat.completion","choices":[]}'
    assert not any("wire" in problem.message for problem in loaded.problems)


def test_a_tool_call_that_returns_a_list_is_not_a_stream():
    loaded = load(entry(CHUNKS[:1], "tool", name="search"), entry("data: hot", "tool", name="weather"))
    assert [interaction.response.content_type for interaction in loaded.interactions] == ["application/json"] * 2
    assert loaded.interactions[0].request.body == b'{"kind":"tool","name":"search"}'
    assert loaded.interactions[1].response.body == b'"data: hot"'


def test_no_times_are_invented():
    times = load(entry(CHUNKS)).interactions[0].times
    assert times == type(times)()


def test_an_entry_without_a_response_is_a_problem():
    lone = entry(None)
    del lone["response"]
    loaded = load(lone, entry(CHUNKS))
    assert [problem.interaction for problem in loaded.problems if "no response" in problem.message] == [0]


def test_a_file_that_is_cut_off_is_read_up_to_there():
    whole = write(entry(CHUNKS))
    loaded = viewer.load(whole[: whole.index(b" mundo") + 3])
    assert loaded.format == "cendor-cassette"
    assert loaded.streams[0].text() == "Olá mu"
    assert any("broken or cut off" in problem.message for problem in loaded.problems)


def test_a_cassette_without_entries_is_refused():
    with pytest.raises(viewer.CassetteError, match=r"a\.json: the cendor cassette has no entries"):
        load()


def test_entries_of_other_recorders_are_not_recognised():
    request = {"method": "POST", "url": "https://a/b", "body": {"kind": "json", "value": {}}}
    seinfeld = {"matchKey": "POST", "request": request, "response": {"status": 200, "body": {"kind": "empty"}}}
    assert load(seinfeld, meta={}).format == "seinfeld"
    with pytest.raises(viewer.CassetteError, match="seinfeld"):
        load(meta={"createdAt": "2026"})
    with pytest.raises(viewer.CassetteError, match="not a cassette of a known recorder"):
        load(other=1)


def test_a_request_of_a_custom_shape_is_recognised():
    assert load(entry(CHUNKS, body={"kind": "json"})).format == "cendor-cassette"


PLACES = [
    (),
    *[(name,) for name in ("kind", "request_hash", "request", "response", "response_type")],
    ("response", 0),
    ("response", 0, "choices"),
]


@pytest.mark.parametrize("nonsense", NONSENSE, ids=str)
@pytest.mark.parametrize("place", PLACES, ids=lambda place: ".".join(map(str, place)) or "entry")
def test_a_value_of_the_wrong_type_does_not_affect_the_rest(place, nonsense):
    holder = entries = [copy.deepcopy(entry(CHUNKS)), entry(CHUNKS)]
    for key in (0, *place)[:-1]:
        holder = holder[key]
    holder[(0, *place)[-1]] = nonsense
    loaded = load(*entries, version=nonsense)
    assert len(loaded.interactions) == 2
    assert loaded.streams[-1].text() == "Olá mundo"
