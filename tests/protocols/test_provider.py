import pytest

from viewer.protocols.provider import model_of, provider_of


@pytest.mark.parametrize(
    ("url", "model", "provider"),
    [
        ("https://api.x.ai/v1/chat/completions", "grok-4", "xai"),
        ("https://my-resource.openai.azure.com/openai/deployments/x", None, "azure"),
        ("https://us-central1-aiplatform.googleapis.com/v1/projects", None, "google-vertex"),
        ("https://bedrock-runtime.us-east-1.amazonaws.com/model", None, "aws-bedrock"),
        ("https://openrouter.ai/api/v1/chat/completions", "x-ai/grok-4", "openrouter"),
        ("https://notopenrouter.ai/", None, "notopenrouter.ai"),
        ("http://localhost:8080/v1", "gpt-oss", "localhost"),
        ("", "grok-code-fast-1", "xai"),
        ("", "claude-sonnet-4", "anthropic"),
        ("", "models/gemini-2.5-pro", "google"),
        ("", "gemma-3-270m", None),
        ("http://[", "gpt-4o", "openai"),
    ],
)
def test_the_host_decides_or_without_one_the_model(url, model, provider):
    assert provider_of(url, model) == provider


def test_a_bedrock_url_names_the_model():
    url = "https://bedrock-runtime.us-east-1.amazonaws.com/model/us.amazon.nova-lite-v1%3A0/converse-stream"
    assert model_of(url) == "us.amazon.nova-lite-v1:0"
    assert model_of("https://api.openai.com/v1/chat/completions") is None
