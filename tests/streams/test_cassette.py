import contextlib
import gzip
import io
import json

import pandas as pd
import pytest
import yaml

import viewer
from viewer.display.deck import make_tape
from viewer.display.story import stream_story
from viewer.streams.chunk_frame import COLUMNS


def test_the_seed_has_the_figures_it_is_known_for(seed, seed_stream):
    kinds = seed_stream.chunks["kind"].value_counts()
    assert (seed.format, seed.format_version, seed.recorder) == ("go-vcr", "2", "go-vcr 2")
    assert seed_stream.chunks["event"].nunique() == 163
    assert (kinds["reasoning"], kinds["silent"], kinds["content"]) == (13, 120, 27)
    assert (seed_stream.provider, seed_stream.model) == ("xai", "grok-code-fast-1")
    assert seed_stream.protocol == "openai-chat"
    assert seed_stream.finish_reason == "stop"
    assert seed_stream.error is None
    assert seed_stream.tool_calls == []
    assert seed.problems == []


def test_the_seed_has_its_text_and_reasoning(seed_stream):
    assert seed_stream.text() == (
        'Oi! (That\'s "hi" in Portuguese, informal and common in Brazil.)'
        ' If you want something more formal, it\'s "Olá."'
    )
    assert seed_stream.text("reasoning") == (
        'First, the user asked: "Say hi in Portuguese."\n\n\n'
        "## Handling the Request \n- The user asked for a greeting in Portuguese."
    )


def test_the_chunk_table_has_the_columns_and_dtypes_of_the_schema(seed):
    assert list(seed.chunks.columns) == list(COLUMNS)
    for name, dtype in COLUMNS.items():
        assert seed.chunks[name].dtype == dtype, name


def test_a_cassette_without_a_stream_has_an_empty_table_of_the_same_schema():
    text = b"version: 2\ninteractions:\n- request: {url: u}\n  response: {body: '{}', code: 200}\n"
    chunks = viewer.load(text).chunks
    assert len(chunks) == 0
    assert list(chunks.dtypes) == list(viewer.load(b"data: {}\n\n").chunks.dtypes)


def test_offset_and_size_point_at_the_raw_event(seed_stream, seed_body):
    for row in seed_stream.chunks.itertuples():
        raw = seed_body[row.offset : row.offset + row.size]
        assert raw.startswith(b"data: ")
        assert raw.endswith(b"\n\n")
    events = seed_stream.chunks.drop_duplicates("event")
    assert events["size"].sum() == len(seed_body)


def test_the_chunks_of_all_streams_are_in_one_table(seed_bytes):
    twice = seed_bytes + seed_bytes.split(b"interactions:\n")[1]
    cassette = viewer.load(twice)
    assert len(cassette.streams) == 2
    assert list(cassette.chunks["interaction"].unique()) == [0, 1]
    assert isinstance(cassette.chunks["kind"].dtype, pd.CategoricalDtype)


def test_a_path_bytes_and_a_file_give_the_same_cassette(tmp_path, seed_bytes):
    path = tmp_path / "a.yaml"
    path.write_bytes(seed_bytes)
    with path.open("rb") as file:
        opened = [viewer.load(path), viewer.load(str(path)), viewer.load(seed_bytes, "a.yaml"), viewer.load(file)]
    opened.append(viewer.load(io.BytesIO(seed_bytes), "a.yaml"))
    assert {cassette.name for cassette in opened} == {"a.yaml"}
    assert {cassette.streams[0].text() for cassette in opened} == {opened[0].streams[0].text()}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the file is empty"),
        (b" \n\n", "the file is empty"),
        (b"a: [", r"not readable as YAML \(.* at line 2"),
        (
            bytes(range(1, 256)),
            r"not a cassette of a known recorder: it is not UTF-8 text \(byte 0x80 at 127\) and contains no events",
        ),
        (b"\0" * 20, r"it is not UTF-8 text \(byte 0x00 at 0\)"),
        (b'{"a": 1}', "not a cassette of a known recorder: it is a mapping with the keys 'a'"),
        (b"- 1\n- 2", "not a cassette of a known recorder: it is a list of 2 items without events"),
        (b"hello", "not a cassette of a known recorder"),
        (b"[\n" * 1_000_000, "nested too deeply"),
        # Newer versions of libyaml have a limit of their own, which a line of brackets reaches first.
        (b"[" * 1_000_000, "(nested too deeply|exceeded maximum nesting depth)"),
    ],
)
def test_a_file_that_cannot_be_shown_raises_with_its_name_and_the_reason(data, reason):
    with pytest.raises(viewer.CassetteError, match=rf"^bad\.yaml: .*{reason}"):
        viewer.load(data, "bad.yaml")


def test_a_missing_file_raises_with_its_path():
    with pytest.raises(viewer.CassetteError, match=r"nowhere\.yaml: cannot be read: No such file"):
        viewer.load("nowhere.yaml")


def test_a_stream_of_an_unknown_protocol_opens_as_generic_with_every_event():
    [stream] = viewer.load(b'event: a\ndata: {"x": 1}\n\ndata: plain words\n\n').streams
    assert stream.protocol == "generic"
    assert list(stream.chunks["kind"]) == ["other", "other"]


def test_a_last_event_without_its_blank_line_is_shown_and_reported():
    cassette = viewer.load(b'data: {"choices":[{"index":0,"delta":{"content":"a"}}]}')
    assert cassette.streams[0].text() == "a"
    assert "ends before event 0 is closed" in cassette.problems[0].message


def test_an_interaction_has_its_stream_or_none(seed):
    assert seed.stream_of(0) is seed.streams[0]
    assert seed.stream_of(1) is None


def test_the_repr_of_an_interaction_has_no_header_values(seed):
    assert "OpenAI/Go" not in repr(seed.interactions[0])


def test_an_unknown_kind_is_refused(seed_stream):
    with pytest.raises(ValueError, match="there is no kind 'contnt'; the kinds are reasoning, content"):
        seed_stream.text("contnt")


def test_a_source_of_another_type_is_refused():
    with pytest.raises(TypeError, match="a path, bytes or a file, not NoneType"):
        viewer.load(None)


def test_a_text_file_opens_like_a_binary_file():
    assert viewer.load(io.StringIO('data: {"choices":[{"delta":{"content":"é"}}]}\n\n')).streams[0].text() == "é"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('data: {"choices":[{"delta":{"content":"a"}}]}\n\n', "The stream ends without a finish reason."),
        ('data: {"choices":[{"delta":{}}],"error":{"message":"no"}}\n\n', "The provider sent an error: no"),
        (
            'data: {"choices":[{"delta":{"tool_calls":[{"function":{"name":"f","arguments":"{"}}]}}]}\n\ndata: [DONE]\n\n',
            "The arguments of the tool call 'f' are not JSON.",
        ),
        (
            'data: {"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":9}}\n\ndata: [DONE]\n\n',
            "The reported usage does not add up: total = prompt + completion, but 9 ≠ 1 + 1.",
        ),
        (
            'data: [DONE]\n\ndata: {"a":1}\n\ndata: {"a":2}\n\n',
            "2 events follow [DONE], where every SDK stops reading.",
        ),
    ],
)
def test_a_fault_of_a_stream_as_a_whole_is_a_problem(body, message):
    tree = {
        "version": 2,
        "interactions": [{"request": {"url": "x/chat/completions"}, "response": {"code": 200, "body": body}}],
    }
    assert message in [problem.message for problem in viewer.load(json.dumps(tree).encode()).problems]


def test_two_responses_in_one_file_are_two_streams_each_with_its_bytes():
    one = b'data: {"choices":[{"delta":{"content":"a"}}]}\n\ndata: [DONE]\n\n'
    cassette = viewer.load(one + one.replace(b'"a"', b'"b"'))
    assert [stream.text() for stream in cassette.streams] == ["a", "b"]
    assert cassette.interactions[0].response.body == one


@pytest.mark.parametrize(("status", "reason"), [(429, "Too Many Requests"), (500, "")])
def test_an_error_response_is_reported_as_an_error(status, reason):
    response = {"code": status, "status": f"{status} {reason}", "body": "slow down"}
    tree = {"version": 2, "interactions": [{"request": {"url": "u"}, "response": response}]}
    [problem] = viewer.load(json.dumps(tree).encode()).problems
    assert problem.severity == "error"
    assert problem.message == f"The server answered {status} {reason}".strip() + "."


NUMBERS = [
    "9" * 401,
    "NaN",
    "1e999",
    "-1",
    "99999",
    "40000",
    '"1"',
    "null",
    "[[[]]]",
    '{"a": "\\ud83d"}',
    "[" * 300 + "]" * 300,
]


@pytest.mark.parametrize("value", NUMBERS)
@pytest.mark.parametrize(
    "place",
    [
        '{{"created":{0},"choices":[{{"delta":{{"content":"a"}}}}]}}',
        '{{"choices":[{{"index":{0},"delta":{{"content":"a"}}}}]}}',
        '{{"choices":[{{"delta":{{"content":{0}}}}}]}}',
        '{{"choices":[{{"delta":{{"tool_calls":[{{"index":{0},"function":{{"name":"f","arguments":{0}}}}}]}}}}]}}',
        '{{"choices":[{{"delta":{{"annotations":{0},"audio":{0}}}}}]}}',
        '{{"choices":[{{"delta":{{}}}}],"usage":{{"prompt_tokens":{0},"completion_tokens":{0},"total_tokens":{0}}}}}',
        '{{"choices":[{{"delta":{{}}}}],"error":{0}}}',
        '{{"choices":[{{"delta":{0}}}],"model":{0}}}',
        '{{"choices":{0}}}',
    ],
)
def test_a_value_of_the_wrong_type_does_not_stop_loading(place, value):
    cassette = viewer.load(f"data: {place.format(value)}\n\n".encode())
    assert set(cassette.chunks["event"]) == {0}
    make_tape(cassette.streams)
    stream_story(cassette.streams[0])


@pytest.mark.parametrize(
    "tree",
    [
        {"version": 2, "interactions": [{"request": {"method": "DEEP", "url": "DEEP"}, "response": {"code": "DEEP"}}]},
        {"interactions": [{"request": {"uri": "DEEP", "headers": {"a": "DEEP"}}, "response": {"status": "DEEP"}}]},
        {
            "http_interactions": [{"request": {"method": "DEEP"}, "response": {"status": "DEEP"}}],
            "recorded_with": "VCR",
        },
        {"log": {"entries": [{"request": {"method": "DEEP"}, "response": {"status": "DEEP", "statusText": "DEEP"}}]}},
        {"entries": [{"matchKey": "k", "request": {"url": "DEEP"}, "response": {"status": "DEEP", "body": "DEEP"}}]},
        {"status": "DEEP", "headers": "DEEP", "body": "DEEP"},
    ],
)
def test_a_value_nested_as_deeply_as_json_allows_is_read_or_refused(tree):
    deep = "[" * 1000 + "]" * 1000
    with contextlib.suppress(viewer.CassetteError):
        viewer.load(json.dumps(tree).replace('"DEEP"', deep).encode())


@pytest.mark.parametrize("field", ["id", "model", "created", "usage", "error", "choices"])
def test_an_event_nested_as_deeply_as_json_allows_is_read(field):
    payload = {"choices": [{"delta": {"content": "a", "tool_calls": [{"id": "DEEP", "function": {"name": "DEEP"}}]}}]}
    body = json.dumps({**payload, field: "DEEP"}).replace('"DEEP"', "[" * 1000 + "]" * 1000)
    [stream] = viewer.load(f"data: {body}\n\n".encode()).streams
    assert stream.protocol in ("openai-chat", "generic")


def test_half_a_character_is_kept_and_is_a_problem_with_its_offset():
    events = [
        f'data: {{"choices":[{{"index":0,"delta":{{"content":"{text}"}}}}]}}\n\n' for text in ("a", "\\ud83d", "b")
    ]
    loaded = viewer.load("".join([*events, "data: [DONE]\n\n"]).encode())
    assert loaded.streams[0].text() == "a\ud83db"
    [problem] = loaded.problems
    assert (problem.severity, problem.interaction, problem.offset) == ("warning", 0, len(events[0]))
    assert "Event 1 has half a character" in problem.message


def test_cut_off_compression_is_a_problem_at_the_end_of_the_body():
    body = gzip.compress(b"data: {}\n\n" * 1000)[:-30]
    tree = {"version": 2, "interactions": [{"request": {"url": "u"}, "response": {"code": 200, "body": body}}]}
    loaded = viewer.load(yaml.safe_dump(tree).encode())
    [problem] = [one for one in loaded.problems if "compressed data is cut off" in one.message]
    assert problem.offset == len(loaded.interactions[0].response.body)
