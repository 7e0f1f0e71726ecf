import json
from dataclasses import replace

import viewer
from viewer.checks.fingerprints import identify, request_key, secret_key
from viewer.checks.recording import Recording
from viewer.checks.violation import Violation
from viewer.types.http import Request

URL = "https://api.example.com/v1/chat/completions"


def recording_of(*prompts):
    lines = ["version: 2", "interactions:"]
    for prompt in prompts:
        body = json.dumps({"model": "m", "messages": [{"role": "user", "content": prompt}]})
        lines += ["  - request:", f"      url: {URL}", "      method: POST", f"      body: '{body}'"]
        lines += ["    response:", "      code: 500", f"      body: answer to {prompt}"]
    data = "\n".join(lines).encode()
    return Recording("a.yaml", data, viewer.load(data, "a.yaml"))


def violation(interaction, message="The answer is an error.", fingerprint=""):
    return Violation("error-answer", "warn", "a.yaml", message, "Record it again.", fingerprint, None, interaction)


def fingerprint(recording, *interactions):
    return [one.fingerprint for one in identify(recording, [violation(index) for index in interactions])]


def test_an_interaction_is_recognised_after_others_were_added_removed_and_recorded_again():
    before = fingerprint(recording_of("one", "two", "three"), 1)
    assert fingerprint(recording_of("two"), 0) == before
    assert fingerprint(recording_of("zero", "changed", "two"), 2) == before
    assert fingerprint(recording_of("one", "other", "three"), 1) != before


def test_the_same_request_twice_gives_two_fingerprints():
    first, second = fingerprint(recording_of("one", "one"), 0, 1)
    assert first != second
    assert fingerprint(recording_of("one", "zero", "one"), 0, 2) == [first, second]


def test_numbers_of_a_message_may_change_and_numbers_in_names_may_not():
    def key(message):
        return identify(recording_of("one"), [violation(None, message)])[0].fingerprint

    assert key("Cut off at line 5 (1,024 bytes).") == key("Cut off at line 17 (2 bytes).")
    assert key("gpt-4 is deprecated.") != key("gpt-5 is deprecated.")
    assert key("As a1.yaml.") != key("As a2.yaml.")


def test_a_fingerprint_that_the_rule_made_stays():
    (told,) = identify(recording_of("one"), [violation(0, fingerprint="0123")])
    assert told.fingerprint == "0123"


def test_ids_times_keys_and_the_query_do_not_tell_requests_apart():
    request = Request("POST", f"{URL}?key=1", body=b'{"prompt": "p", "request_id": "a1", "api_key": "k1"}')
    again = replace(request, url=f"{URL}?key=2", body=b'{"api_key": "k2", "prompt": "p", "request_id": "b2"}')
    assert request_key(request) == request_key(again)
    assert request_key(request) != request_key(replace(request, method="PUT"))


def test_a_digest_of_a_secret_fits_many_guesses():
    """16 bits: of 200,000 guesses about three fit."""
    known = secret_key("hunter2")
    assert sum(secret_key(str(guess)) == known for guess in range(200_000)) > 0
    assert secret_key("hunter3") != known


def test_hostile_requests_have_a_key():
    for request in (Request(url="http://[broken"), Request(body=b"\xff\xfe"), Request(body=b'"\\ud800"'), Request()):
        assert len(request_key(request)) == 4
