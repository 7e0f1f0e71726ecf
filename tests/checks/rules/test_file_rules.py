"""The rules `unreadable`, `large-file`, `old-recording`, `retired-model` and `unpriced-model`."""

import json

from tests.support.checking import found_by, recording_of
from viewer.checks.rules import old_recording

DAY_S = 86_400
RECORDED_S = 1_760_000_000


def answer(model, url="https://api.mistral.ai/v1/chat/completions", created=RECORDED_S):
    reply = {
        "id": "c",
        "object": "chat.completion",
        "created": created,
        "model": model,
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "hi"}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5},
    }
    request = {"method": "POST", "uri": url, "body": "{}", "headers": {}}
    response = {"status": {"code": 200, "message": "OK"}, "headers": {}, "body": {"string": json.dumps(reply)}}
    return json.dumps({"version": 1, "interactions": [{"request": request, "response": response}]}).encode()


def test_a_cassette_without_interactions_is_unreadable():
    (found,) = found_by("unreadable", recording_of(b"version: 2\ninteractions: []\n", "a.yaml"))
    assert found.message == "Cannot be opened: the go-vcr cassette has no interactions."


def test_a_cassette_that_is_cut_off_in_its_first_request_is_unreadable():
    data = b"interactions:\n- request:\n    body: '{}'\n    headers:\n      Accept:\n      - '*/*'\n"
    (found,) = found_by("unreadable", recording_of(data, "a.yaml"))
    assert found.message == "Cannot be opened: the file is cut off in the request of its first interaction."


def test_a_contract_of_pact_is_no_recording():
    data = b'{"consumer": {"name": "a"}, "interactions": [{"description": "b", "request": {"method": "GET", "path": "/"}}]}'
    assert recording_of(data, "a.json").refused.reason.startswith("not a cassette of a known recorder")


def test_a_recording_that_opens_is_not_unreadable():
    assert found_by("unreadable", recording_of(answer("m"), "a.json")) == []


def test_a_file_is_large_from_its_limit_on():
    data = answer("m")
    assert found_by("large-file", recording_of(data, "a.json"), max_size_bytes=len(data)) == []
    (found,) = found_by("large-file", recording_of(data, "a.json"), max_size_bytes=len(data) - 1)
    assert found.message == f"{len(data):,} bytes; the limit is {len(data) - 1:,}."


def test_a_recording_is_old_after_a_number_of_days():
    recording = recording_of(answer("m"), "a.json")
    options = {"max_age_days": 30}
    young = old_recording.check(recording, options, lambda: RECORDED_S + 30 * DAY_S)
    old = old_recording.check(recording, options, lambda: RECORDED_S + 31 * DAY_S)
    assert list(young) == []
    assert [one.message for one in old] == ["Recorded on 2025-10-09, more than 30 days ago."]


def test_a_recording_without_times_is_not_old():
    recording = recording_of(answer("m", created=None), "a.json")
    assert list(old_recording.check(recording, {"max_age_days": 0})) == []


def test_a_deprecated_model_is_retired_and_a_current_one_is_not():
    (found,) = found_by("retired-model", recording_of(answer("mistral-tiny"), "a.json"))
    assert found.message == "mistral-tiny of mistral is deprecated."
    assert found_by("retired-model", recording_of(answer("mistral-large-latest"), "a.json")) == []
    assert found_by("retired-model", recording_of(answer("made-up"), "a.json")) == []


def test_a_model_without_a_price_is_unpriced_and_others_are_not():
    (found,) = found_by("unpriced-model", recording_of(answer("made-up"), "a.json"))
    assert found.message == "The price list has no model made-up of mistral."
    assert found_by("unpriced-model", recording_of(answer("mistral-large-latest"), "a.json")) == []
