import base64

import pytest
import yaml

import viewer

BODY = 'data: {"choices":[{"index":0,"delta":{"content":"Olá"}}]}\n\ndata: [DONE]\n\n'


def cassette(version=2, body=BODY, **response):
    """A synthetic cassette in the layout of go-vcr's own writer."""
    request = {
        "body": '{"stream":true}',
        "headers": {"Accept": ["a", "b"]},
        "url": "https://api.x.ai/v1/chat/completions",
        "method": "POST",
    }
    if version == 1:
        request["form"] = {}
    defaults = {
        "headers": {"Content-Type": ["text/event-stream; charset=utf-8"]},
        "status": "200 OK",
        "code": 200,
        "duration": "1.5s",
    }
    interaction = {"request": request, "response": {"body": body, **defaults, **response}}
    return yaml.safe_dump(
        {"version": version, "interactions": [interaction]}, allow_unicode=True, sort_keys=False
    ).encode()


@pytest.mark.parametrize("version", [1, 2])
def test_both_versions_are_read(version):
    loaded = viewer.load(cassette(version))
    assert (loaded.format, loaded.format_version) == ("go-vcr", str(version))
    [interaction] = loaded.interactions
    assert (interaction.request.method, interaction.request.url) == ("POST", "https://api.x.ai/v1/chat/completions")
    assert interaction.request.headers["accept"] == "a, b"
    assert interaction.request.body == b'{"stream":true}'
    assert (interaction.response.status, interaction.response.reason) == (200, "OK")
    assert interaction.response.content_type == "text/event-stream"
    assert interaction.response.body == BODY.encode()
    assert loaded.streams[0].text() == "Olá"


def test_a_binary_body_gives_its_bytes():
    body = BODY.encode() + b"data: \xff\n\n"
    text = cassette(body="@").replace(b"'@'", b"!!binary " + base64.b64encode(body))
    assert viewer.load(text).interactions[0].response.body == body


@pytest.mark.parametrize(
    ("duration", "seconds"),
    [
        ("192.518875ms", 0.192518875),
        ("1.5s", 1.5),
        ("1m2.5s", 62.5),
        ("1h0m1s", 3601),
        ("250µs", 0.00025),
        (1500000, 0.0015),
        ("", None),
        ("0s", None),
        ("soon", None),
    ],
)
def test_the_duration_is_the_time_to_the_headers_and_a_lower_bound_of_the_first_chunk(duration, seconds):
    [stream] = viewer.load(cassette(duration=duration)).streams
    assert stream.metrics["time_to_headers"].value == pytest.approx(seconds)
    assert stream.timing.lead.low == pytest.approx(seconds)
    assert stream.timing.lead.value is None
    assert stream.timing.lead.high is None


def test_a_file_that_ends_within_an_event_is_read_up_to_there(seed_bytes):
    cut = viewer.load(seed_bytes[:20000])
    assert cut.format == "go-vcr"
    assert cut.streams[0].text("reasoning").startswith("First, the user asked")
    [problem] = cut.problems
    assert "cut off" in problem.message
    assert problem.offset is not None


def test_no_complete_chunk_of_a_file_that_is_cut_off_is_lost(seed_bytes, seed_stream):
    whole = list(seed_stream.chunks["text"])
    for end in range(2000, len(seed_bytes), 997):
        held = seed_bytes[:end].count(b"data: {") - 1
        got = viewer.load(seed_bytes[:end]).chunks
        assert list(got["text"])[:held] == whole[:held]
        assert got["event"].nunique() >= held


def test_a_broken_cassette_has_the_interactions_before_the_break_and_the_events_after_it(seed_bytes, seed_stream):
    broken = seed_bytes.replace(b"\n    status: 200 OK", b"\n   : status: [")
    again = seed_bytes.split(b"interactions:\n")[1]
    loaded = viewer.load(broken + again, "broken.yaml")
    assert loaded.format == "go-vcr"
    assert [stream.text() for stream in loaded.streams] == [seed_stream.text()] * 2
    assert loaded.interactions[0].request.url == "https://api.x.ai/v1/chat/completions"
    [problem] = [problem for problem in loaded.problems if problem.severity == "warning"]
    assert "broken or cut off at line 356" in problem.message


@pytest.mark.parametrize("style", ['"', "'"])
def test_a_quoted_body_that_is_cut_off_is_read_up_to_there(style):
    text = yaml.safe_dump({"x": BODY * 3}, default_style=style, allow_unicode=True).split(":", 1)[1].strip()
    start = cassette(body="@").decode().split("body: '@'")[0]
    loaded = viewer.load(f"{start}body: {text[: len(text) * 2 // 3]}".encode())
    assert loaded.format == "go-vcr"
    assert loaded.streams[0].text().startswith("Olá")
    assert any("broken or cut off at line" in problem.message for problem in loaded.problems)


def test_a_body_that_is_a_list_or_mapping_is_a_problem():
    tree = yaml.safe_load(cassette())
    tree["interactions"][0]["response"]["body"] = ["x"] * 3
    assert any(
        "The body is a list or mapping" in problem.message
        for problem in viewer.load(yaml.safe_dump(tree).encode()).problems
    )


def test_an_interaction_without_a_response_is_a_problem_and_the_rest_is_read():
    tree = yaml.safe_load(cassette())
    tree["interactions"] += [{"request": {"url": "x"}}, 5]
    loaded = viewer.load(yaml.safe_dump(tree).encode())
    assert len(loaded.interactions) == 3
    assert {problem.interaction for problem in loaded.problems if problem.severity == "error"} == {1, 2}


def test_a_response_that_is_not_a_stream_is_shown_with_a_note():
    loaded = viewer.load(cassette(body='{"a":1}', headers={"Content-Type": ["application/json"]}))
    assert loaded.streams == []
    assert len(loaded.chunks) == 0
    assert "application/json, 7 bytes" in loaded.problems[0].message


def test_a_cassette_without_interactions_is_refused():
    with pytest.raises(viewer.CassetteError, match=r"empty\.yaml: the go-vcr cassette has no interactions"):
        viewer.load(b"version: 2\ninteractions: []\n", "empty.yaml")
