import pytest

from tests.support.asked_requests import get, places, request
from tests.support.har_files import asked


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8123/v1/chat/completions",
        "/v1/chat/completions",
        "/chat/completions",
        "/openai/v1/chat/completions",
        "/my/proxy/v1/chat/completions/",
        "//v1//chat/completions",
        "/v1/chat/completions?key=secret&api-version=2024-10-21",
    ],
)
def test_host_prefix_and_slashes_do_not_count(url):
    assert places([request()], request(url=url)) == (0,)


def test_a_recorded_host_without_a_scheme_is_no_part_of_the_path():
    recorded = request(url="//127.0.0.1:18104/v1/chat/completions")
    assert places([recorded], request(url="/my/proxy/v1/chat/completions")) == (0,)


@pytest.mark.parametrize(
    "url",
    [
        "/v1/completions",
        "/v1/chat",
        "/v1/chat/completions/extra",
        "/",
        "",
        "/v2/chat/completions",
        "/v1/Chat/completions",
    ],
)
def test_another_path_is_another_request(url):
    assert places([request()], request(url=url)) is None


def test_a_root_path_fits_only_a_root_path():
    assert places([get("https://example.com/")], get("/")) == (0,)
    assert places([get("https://example.com")], get("/?key=1")) == (0,)
    assert places([get("https://example.com/")], get("/v1")) is None
    assert places([get("https://example.com/v1")], get("/")) is None


def test_the_longer_common_path_wins():
    recorded = [
        request(asked(temperature=0), url="https://a/chat/completions"),
        request(url="https://b/openai/v1/chat/completions"),
        request(),
    ]
    assert places(recorded, request(url="/openai/v1/chat/completions")) == (1,)
    assert places(recorded, request(asked(temperature=0), url="/openai/v1/chat/completions")) == (1,)
    assert places(recorded, request(url="/v1/chat/completions")) == (2,)


@pytest.mark.parametrize(
    ("recorded", "asked_for"),
    [
        (
            "https://b/model/us.anthropic.claude-v1%3A0/converse-stream",
            "/model/us.anthropic.claude-v1:0/converse-stream",
        ),
        ("https://b/model/us.anthropic.claude-v1:0/converse", "/bedrock/model/us.anthropic.claude-v1%3a0/converse"),
        ("https://b/model/arn%3Aaws%3Abedrock%3A%3A%2Fx/converse", "/model/arn:aws:bedrock::/x/converse"),
        ("<OLLAMA_API_BASE>/chat/completions", "/v1/chat/completions"),
        (
            "https://a/v1/projects/<GOOGLE_CLOUD_PROJECT>/locations/us-east5/publishers/google/models/g:generateContent",
            "/v1/projects/mine-1/locations/global/publishers/google/models/g:generateContent",
        ),
    ],
)
def test_percent_encoding_placeholders_and_accounts_in_a_path_do_not_count(recorded, asked_for):
    assert places([request(url=recorded)], request(url=asked_for)) == (0,)


@pytest.mark.parametrize(
    ("recorded", "asked_for"),
    [
        ("/model/us.anthropic.claude-v1%3A0/converse", "/model/us.anthropic.claude-v2%3A0/converse"),
        ("/v1beta/models/gemini-2.5-flash:generateContent", "/v1beta/models/gemini-2.5-pro:generateContent"),
        ("/v1beta/models/gemini-2.5-flash:generateContent", "/v1beta/models/gemini-2.5-flash:streamGenerateContent"),
        ("/v1beta/models/g:streamGenerateContent", "/v1beta/models/g:streamGenerateContent?alt=sse"),
        ("/openai/deployments/my_model20240101/chat", "/openai/deployments/my_model20250101/chat"),
    ],
)
def test_the_model_and_the_form_of_the_answer_in_a_url_count(recorded, asked_for):
    assert places([request(url=recorded)], request(url=asked_for)) is None
    assert places([request(url=recorded)], request(url=recorded)) == (0,)
