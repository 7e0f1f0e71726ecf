import pytest

from tests.redaction.test_cassette import chat
from tests.support import planted
from tests.support.checking import found_by, recording_of


def go_vcr(headers="", body="{}"):
    return f"""---
version: 2
interactions:
- id: 0
  request:
    body: '{body}'
    headers:
      {headers or 'Accept: ["*/*"]'}
    url: https://api.example.com/v1/chat/completions
    method: POST
  response:
    body: 'data: {{"choices":[{{"delta":{{"content":"hi"}},"finish_reason":"stop"}}]}}'
    headers: {{}}
    status: 200 OK
    code: 200
    duration: 1ms
""".encode()


@pytest.mark.parametrize("kind", planted.KINDS)
def test_a_planted_secret_is_found_and_its_value_is_not_shown(kind):
    secret = planted.secrets_of(kind)[0]
    half = len(secret) // 2
    recording = recording_of(chat([{"content": f"the key is {secret[:half]}"}, {"content": f"{secret[half:]}\n"}]))
    found = found_by("secret", recording)
    assert found
    assert not any(secret[4:] in f"{one.message} {one.advice} {one.fingerprint}" for one in found)


def test_the_message_previews_as_redact_list_does_and_the_line_is_known():
    key = planted.secrets_of("anthropic-key")[0]
    (found,) = found_by("secret", recording_of(go_vcr(body=key), "a.yaml"))
    assert found.message == "anthropic-key sk-••• in request 0 body."
    assert (found.line, found.interaction, found.level) == (6, 0, "fail")


def test_another_secret_in_the_same_place_has_another_fingerprint():
    first, second = planted.secrets_of("openai-key", 2)
    prints = [found_by("secret", recording_of(go_vcr(body=one), "a.yaml"))[0].fingerprint for one in (first, second)]
    assert len(set(prints)) == 2


def test_a_random_value_in_a_header_for_keys_is_a_secret():
    headers = 'X-Api-Key: ["q7Xk2mP9vL4tR8wZ1nB6cY3d"]'
    assert found_by("secret", recording_of(go_vcr(headers), "a.yaml"))


def test_a_key_in_a_header_is_called_by_its_kind():
    key = planted.secrets_of("anthropic-key")[0]
    (found,) = found_by("secret", recording_of(go_vcr(f'Authorization: ["Bearer {key}"]'), "a.yaml"))
    assert found.message == "anthropic-key in request 0 header authorization."
    assert found.line == 8


def test_a_key_in_a_header_is_not_overlooked_because_it_holds_such_a_word():
    key = planted.secrets_of("anthropic-key")[0]
    header = f'X-Api-Key: ["{key[:-10]}abcdef{key[-4:]}"]'
    (found,) = found_by("possible-secret", recording_of(go_vcr(header), "a.yaml"))
    assert found.message == "anthropic-key in request 0 header x-api-key."


@pytest.mark.parametrize(
    "header",
    [
        'Authorization: ["token REDACTED_fc324d3667e841181b0779375f26dedc911d26b303d23b29b1a2d7ee63dc77eb"]',
        'Authorization: ["AWS4-HMAC-SHA256 Credential=<ID>/x, SignedHeaders=host, Signature=93ab8c1f44e0d6a1b2c7"]',
        'X-Amz-Security-Token: ["FAKE-SESSION-TOKEN-FOR-VCR-TESTING-ONLY"]',
        'Cookie: ["__cf_bm=q7Xk2mP9vL4tR8wZ1nB6cY3d.1759316405-1.0; _cfuvid=aB3dE5fG7hJ9"]',
        'Set-Cookie: ["test_set_cookie", "__cf_bm=q7Xk2mP9vL4tR8wZ1nB6cY3d; HttpOnly"]',
        'Set-Cookie: ["sid=REDACTED_SESSION_1; path=/"]',
        'Set-Cookie: ["__cf_bm=q7Xk2mP9vL4tR8wZ1nB6; path=/; expires=Wed, 01-Oct-25 11:30:05 GMT; HttpOnly; Secure"]',
    ],
)
def test_what_real_recordings_hold_in_place_of_secrets_is_not_reported(header):
    recording = recording_of(go_vcr(header), "a.yaml")
    assert recording.redacted.findings
    assert found_by("secret", recording) == []
    assert found_by("possible-secret", recording) == []


@pytest.mark.parametrize(
    "header",
    ['Cookie: ["sid=q7Xk2mP9vL4tR8wZ1nB6cY3d"]', 'X-Session-Id: ["default-session1_9834567890"]'],
)
def test_cookies_and_sessions_are_possible_secrets(header):
    recording = recording_of(go_vcr(header), "a.yaml")
    assert found_by("secret", recording) == []
    (found,) = found_by("possible-secret", recording)
    assert found.level == "warn"
    assert found.line == 8


def test_the_password_in_an_address_is_not_overlooked_because_of_the_host():
    body = '{"password": "postgres://app:q7Xk2mP9vL4t@db.example.com/x"}'
    recording = recording_of(go_vcr(body=body), "a.yaml")
    assert [*found_by("secret", recording), *found_by("possible-secret", recording)]
