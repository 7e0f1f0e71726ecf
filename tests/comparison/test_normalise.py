import pytest

from viewer.comparison.normalise import (
    canonical,
    canonical_bytes,
    is_volatile_header,
    is_volatile_key,
    masked,
    normalised,
    normalised_body,
    normalised_path,
    normalised_text,
)


def test_ids_and_timestamps_are_replaced_and_everything_else_is_kept():
    value = {"id": "a", "created": 5, "model": "m", "n": [{"tool_call_id": "x", "toolUseId": "y", "text": "t"}]}
    assert normalised(value) == {
        "id": "…",
        "created": "…",
        "model": "m",
        "n": [{"tool_call_id": "…", "toolUseId": "…", "text": "t"}],
    }


@pytest.mark.parametrize("key", ["arguments", "args", "parameters", "input_schema", "properties", "metadata"])
def test_free_form_objects_are_kept(key):
    assert normalised({key: {"id": "7", "created": 1}}) == {key: {"id": "7", "created": 1}}


def test_an_object_with_the_key_of_an_id_is_kept():
    assert normalised({"id": {"type": "string"}}) == {"id": {"type": "string"}}


def test_secrets_are_masked_by_their_keys_and_counts_are_not():
    value = {"tools": [{"headers": {"Authorization": "Bearer x"}}], "max_tokens": 5, "api_key": "x"}
    assert masked(value) == {"tools": [{"headers": {"Authorization": "•••"}}], "max_tokens": 5, "api_key": "•••"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("No such run: run_abc123DEF456", "No such run: run_zzz999YYY888"),
        ("request 6f9619ff-8b86-d011-b42d-00cf4fc964ff failed", "request 00000000-8b86-d011-b42d-00cf4fc964fe failed"),
        ("Try again in 1.2s.", "Try again in 12m30s."),
        ("at 2025-01-02T03:04:05Z", "at 2026-11-12T13:14:15Z"),
    ],
)
def test_error_messages_that_differ_in_ids_and_times_are_equal(one, other):
    assert normalised_text(one) == normalised_text(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Rate limit of gpt-4o", "Rate limit of gpt-4"), ("limit 30000", "limit 20000"), ("max_tokens", "max_output")],
)
def test_error_messages_that_differ_in_more_are_not_equal(one, other):
    assert normalised_text(one) != normalised_text(other)


def test_paths_keep_models_and_lose_ids():
    assert normalised_path("/v1/threads/thread_abc123XYZ/runs") == "/v1/threads/…/runs"
    for path in ("/v1/chat/completions", "/model/us.anthropic.claude-3-5-sonnet-20241022-v2:0/converse-stream"):
        assert normalised_path(path) == path


def test_equal_values_are_written_as_one_text():
    assert canonical({"b": 1, "a": [True, None]}) == canonical({"a": [True, None], "b": 1}) == '{"a":[true,null],"b":1}'
    assert canonical({"b": 2**70, "a": 1}) == '{"a":1,"b":1180591620717411303424}'
    assert canonical({"a": "\ud800"}) == '{"a":"\ud800"}'


def test_any_body_becomes_a_text():
    assert normalised_body(b'{"id":"x","a":1}') == '{\n  "a": 1,\n  "id": "…"\n}'
    assert normalised_body(b"plain") == "plain"
    assert normalised_body(b"\xff\xfe") != normalised_body(b"\xff\xfd")
    assert normalised_body(b"") == ""
    assert normalised_body(b"[" * 100_000) == "[" * 100_000


@pytest.mark.parametrize(
    "name", ["Date", "X-Request-Id", "Authorization", "x-api-key", "Content-Length", "traceparent"]
)
def test_headers_of_a_time_or_a_person_are_volatile(name):
    assert is_volatile_header(name)


@pytest.mark.parametrize("name", ["Accept", "User-Agent", "anthropic-version", "OpenAI-Beta", "Content-Type"])
def test_headers_that_belong_to_the_request_are_not_volatile(name):
    assert not is_volatile_header(name)


@pytest.mark.parametrize(
    "key", ["id", "tool_call_id", "toolUseId", "created_at", "thoughtSignature", "previous-response-id"]
)
def test_keys_of_ids_times_and_signatures_are_volatile(key):
    assert is_volatile_key(key)


@pytest.mark.parametrize("key", ["model", "content", "file_id", "identity", ""])
def test_other_keys_are_not_volatile(key):
    assert not is_volatile_key(key)


@pytest.mark.parametrize("value", [{"b": 1, "a": "Grüße"}, [1.5, None, True], "half \ud800", {"n": 10**400}])
def test_canonical_bytes_are_the_canonical_text(value):
    assert canonical_bytes(value) == canonical(value).encode("utf-8", "surrogatepass")
