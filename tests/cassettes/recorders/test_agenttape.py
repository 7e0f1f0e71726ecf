"""Synthetic agenttape cassettes, in the layout of its own writer."""

import base64
import copy
import hashlib
import json

import pytest
import yaml

import viewer

BODY = 'data: {"choices":[{"index":0,"delta":{"content":"Ol\u00e1"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
URL = "https://api.openai.com/v1/chat/completions"
COMPLETION = {
    "object": "chat.completion",
    "model": "m",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Ol\u00e1"}}],
}
DEEP = "[" * 1000 + "]" * 1000
NONSENSE = [None, 5, -1, 1e308, True, "x", "", [], [5], {}, {"a": 1}, {"__agenttape_asset__": []}, "DEEP"]


def llm(response=COMPLETION, **more):
    return {
        "index": 0,
        "kind": "llm",
        "boundary": "llm",
        "request": {"endpoint": "chat.completions", "model": "m"},
        "response": copy.deepcopy(response),
        "match_key": "sha256:6e",
        "latency_ms": 580.214,
        **more,
    }


def http(*, sent=None, **response):
    return {
        "index": 0,
        "kind": "http",
        "boundary": "https://api.openai.com",
        "request": {"method": "POST", "url": URL, "headers": {"Accept": "*/*"}, **(sent or {"json": {"stream": True}})},
        "response": {
            "status_code": 200,
            "headers": {"content-type": "text/event-stream", "via": ["a", "b"]},
            "reason": "OK",
            **(response or {"text": BODY}),
        },
        "latency_ms": 2.104,
    }


def tape(*interactions):
    return {
        "version": "1",
        "created_at": "2026-11-22T22:49:05.423167",
        "run_id": "59eb99c8",
        "meta": {"agenttape_version": "0.1.8", "mode": "record"},
        "interactions": list(interactions),
    }


def load(*interactions):
    return viewer.load(yaml.safe_dump(tape(*interactions), sort_keys=False).encode(), "a.yaml")


def load_json(*interactions):
    return viewer.load(json.dumps(tape(*interactions)).replace('"DEEP"', DEEP).encode(), "a.json")


@pytest.mark.parametrize("read", [load, load_json])
def test_a_model_call_is_a_response_that_was_not_streamed(read):
    loaded = read(llm())
    assert (loaded.format, loaded.format_version, loaded.streams) == ("agenttape", "1", [])
    [interaction] = loaded.interactions
    assert interaction.request.body == b'{"endpoint":"chat.completions","model":"m"}'
    assert (interaction.request.url, interaction.response.status) == ("", None)
    assert interaction.response.content_type == "application/json"
    assert json.loads(interaction.response.body) == COMPLETION


def test_the_latency_is_the_whole_time_and_no_other_time_is_known():
    times = load(llm()).interactions[0].times
    assert times == type(times)(whole_s=0.580214)


@pytest.mark.parametrize("latency", [None, "5", -1, True, float("nan"), 1e300, [5]])
def test_an_invalid_latency_is_ignored(latency):
    assert load_json(llm(latency_ms=latency)).interactions[0].times.whole_s is None


def test_an_http_exchange_is_complete_even_if_it_was_streamed():
    loaded = load(http())
    [interaction] = loaded.interactions
    request, response = interaction.request, interaction.response
    assert (request.method, request.url, request.body) == ("POST", URL, b'{"stream":true}')
    assert request.headers["accept"] == "*/*"
    assert (response.status, response.reason, response.headers["via"]) == (200, "OK", "a, b")
    assert response.body == BODY.encode()
    assert interaction.times.whole_s == 0.002104
    [stream] = loaded.streams
    assert (stream.text(), stream.finish_reason, stream.complete) == ("Olá", "stop", True)
    assert stream.chunks["event"].nunique() == 2


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"json": {"a": 1}}, b'{"a":1}'),
        ({"json": {"a": 1}, "raw_b64": base64.b64encode(b'{"a": 1}').decode()}, b'{"a": 1}'),
        ({"form": {"a": ["1", "2"], "b": "\u00e1"}}, b"a=1&a=2&b=%C3%A1"),
        ({"body_b64": base64.b64encode(b"\x00\xff").decode()}, b"\x00\xff"),
        ({"content": "as older versions wrote it"}, b"as older versions wrote it"),
        ({"http_version": "HTTP/1.1"}, b""),
    ],
)
def test_every_form_of_body_gives_its_bytes(body, expected):
    [interaction] = load(http(sent=body, **body)).interactions
    assert (interaction.request.body, interaction.response.body) == (expected, expected)


def test_a_cassette_with_only_streams_explains_that_they_are_not_stored():
    with pytest.raises(
        viewer.CassetteError, match=r"a\.yaml: .*agenttape stores streams only if they go through requests\."
    ):
        load()


def test_tool_calls_keep_their_place_in_the_order():
    tool = {**llm("data: hot"), "kind": "tool", "request": {"name": "weather", "args": {"city": "Rio"}}}
    [interaction, _] = load(tool, http()).interactions
    assert interaction.request.body == b'{"name":"weather","args":{"city":"Rio"}}'
    assert interaction.response.body == b'"data: hot"'


def test_a_failed_call_is_a_problem_without_a_response_time():
    error = {
        "type": "RateLimitError",
        "module": "openai",
        "message": "Too many requests",
        "attrs": {"status_code": 429},
        "body": {"error": {"message": "slow down"}},
        "response": {"status_code": 429, "headers": {"retry-after": "1"}},
    }
    failed = llm(error=error)
    del failed["response"]
    loaded = load(failed)
    [interaction] = loaded.interactions
    assert (interaction.response.status, interaction.response.headers["retry-after"]) == (429, "1")
    assert interaction.response.body == b'{"error":{"message":"slow down"}}'
    assert interaction.times.whole_s is None
    assert "The call failed with RateLimitError: Too many requests" in [problem.message for problem in loaded.problems]


def test_the_status_can_come_from_the_exception():
    failed = llm(error={"type": "APIStatusError", "message": "no", "attrs": {"status_code": 503}})
    assert load(failed).interactions[0].response.status == 503


def test_an_exception_without_a_response_gives_an_empty_one():
    failed = llm(error={"type": "ValueError", "message": "no", "attrs": {"status_code": "x"}})
    [interaction] = load(failed).interactions
    assert (interaction.response.status, interaction.response.body) == (None, b"")


def test_an_interaction_without_a_response_is_a_problem():
    lone = llm()
    del lone["response"]
    assert any("no response" in problem.message for problem in load(lone).problems)


@pytest.fixture
def outsourced(tmp_path):
    """A cassette whose texts are in a folder next to it."""
    (tmp_path / "a.b.assets").mkdir()
    (tmp_path / "outside").write_text("outside")

    def reference(text):
        digest = hashlib.sha256(text.encode()).hexdigest()
        (tmp_path / "a.b.assets" / f"sha256-{digest}").write_text(text)
        return {"__agenttape_asset__": f"sha256:{digest}", "encoding": "utf-8", "size": 1, "preview": text[:8]}

    def path_of(*interactions):
        path = tmp_path / "a.b.yaml"
        path.write_text(yaml.safe_dump(tape(*interactions)))
        return path

    return reference, path_of


def test_texts_in_separate_files_are_restored(outsourced):
    reference, path_of = outsourced
    packed = reference(base64.b64encode(b"\x00\xff").decode())
    path = path_of(http(text=reference(BODY)), http(body_b64=packed), llm({"list": [{"text": reference("long")}]}))
    loaded = viewer.load(path)
    assert loaded.streams[0].text() == "Olá"
    bodies = [interaction.response.body for interaction in loaded.interactions]
    assert bodies == [BODY.encode(), b"\x00\xff", b'{"list":[{"text":"long"}]}']
    assert not any("missing" in problem.message for problem in loaded.problems)


def test_missing_texts_are_a_problem_and_their_preview_is_shown(outsourced):
    reference, path_of = outsourced
    loaded = viewer.load(path_of(llm(), llm({"text": reference("long enough")})).read_bytes(), "a.b.yaml")
    assert loaded.interactions[1].response.body == b'{"text":"long eno"}'
    [problem] = [problem for problem in loaded.problems if problem.severity == "warning"]
    assert problem.interaction == 1
    assert hashlib.sha256(b"long enough").hexdigest() in problem.message


def test_a_file_name_cannot_leave_the_folder(outsourced):
    _, path_of = outsourced
    loaded = viewer.load(path_of(http(text={"__agenttape_asset__": "../outside"})))
    assert loaded.interactions[0].response.body == b""


def test_a_file_that_is_cut_off_is_read_up_to_there():
    whole = yaml.safe_dump(tape(http(), http()), sort_keys=False).encode()
    loaded = viewer.load(whole[: len(whole) * 3 // 4])
    assert loaded.format == "agenttape"
    assert loaded.streams[0].text() == "Olá"
    assert any("broken or cut off" in problem.message for problem in loaded.problems)


PLACES = [
    (),
    *[(name,) for name in ("kind", "request", "response", "error", "latency_ms")],
    *[("request", name) for name in ("method", "url", "headers", "json", "raw_b64", "form")],
    *[("response", name) for name in ("status_code", "headers", "reason", "reason_phrase", "text", "form", "body_b64")],
    ("response", "headers", "via"),
    ("response", "headers", "via", 0),
]


@pytest.mark.parametrize("nonsense", NONSENSE, ids=str)
@pytest.mark.parametrize("place", PLACES, ids=lambda place: ".".join(map(str, place)) or "interaction")
def test_a_value_of_the_wrong_type_does_not_affect_the_rest(place, nonsense):
    holder = items = [http(), http()]
    for key in (0, *place)[:-1]:
        holder = holder[key]
    holder[(0, *place)[-1]] = nonsense
    loaded = load_json(*items)
    assert loaded.format == "agenttape"
    assert len(loaded.interactions) == 2
    assert loaded.streams[-1].text() == "Olá"


@pytest.mark.parametrize("nonsense", NONSENSE, ids=str)
@pytest.mark.parametrize("name", ["type", "message", "attrs", "body", "response"])
def test_an_error_with_wrong_types_does_not_affect_the_rest(name, nonsense):
    error = {"type": "E", "message": "m", "response": {"status_code": nonsense, "headers": nonsense}, name: nonsense}
    assert load_json(llm(error=error), http()).streams[-1].text() == "Olá"


@pytest.mark.parametrize("odd", [{"a": b"\xff"}, {b"\xff": 1}, [b"\xff"], b"\xff"])
def test_values_that_json_cannot_hold_do_not_affect_the_rest(odd):
    loaded = load(llm(odd, request=odd), http(text=odd), http())
    assert len(loaded.interactions) == 3
    assert loaded.streams[-1].text() == "Olá"
