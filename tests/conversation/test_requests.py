import pytest

from viewer.conversation.requests import model_asked_for
from viewer.types.http import Request


@pytest.mark.parametrize(
    ("url", "body", "model"),
    [
        ("/v1/chat/completions", b'{"model": "gpt-5"}', "gpt-5"),
        ("/v1beta/models/gemini-2.5-flash:streamGenerateContent", b"{}", "gemini-2.5-flash"),
        ("/model/amazon.nova-lite-v1%3A0/converse-stream", b"{}", "amazon.nova-lite-v1:0"),
        ("", b'{"gen_ai.request.model": "gpt-5"}', "gpt-5"),
        ("/v1/chat/completions", b'{"model": 7}', ""),
        ("/v1/chat/completions", b"[]", ""),
        ("/v1/chat/completions", b'{"model"', ""),
        ("/v1/chat/completions", b"", ""),
    ],
)
def test_the_model_is_in_the_body_or_the_url(url, body, model):
    assert model_asked_for(Request("POST", url, body=body)) == model
