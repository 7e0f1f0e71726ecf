"""The names of providers and operations in OpenTelemetry's conventions."""

import pytest

from viewer.display.otlp.names import operation_name, provider_name


# The well-known values of https://github.com/open-telemetry/semantic-conventions-genai.
@pytest.mark.parametrize(
    ("provider", "protocol", "url", "expected"),
    [
        ("openai", "openai-chat", "https://api.openai.com/v1", "openai"),
        ("azure", "openai-chat", "https://x.openai.azure.com/openai/deployments/y", "azure.ai.openai"),
        ("azure", "openai-chat", "https://x.services.ai.azure.com/models/chat", "azure.ai.inference"),
        ("google", "gemini-generate", "https://generativelanguage.googleapis.com/v1", "gcp.gemini"),
        ("google-vertex", "gemini-generate", "https://aiplatform.googleapis.com/v1", "gcp.vertex_ai"),
        ("aws-bedrock", "bedrock-converse-stream", "https://bedrock-runtime.us-east-1.amazonaws.com", "aws.bedrock"),
        ("xai", "openai-chat", "https://api.x.ai/v1", "x_ai"),
        ("us-south.ml.cloud.ibm.com", "watsonx", "https://us-south.ml.cloud.ibm.com/ml", "ibm.watsonx.ai"),
        ("openrouter", "openai-chat", "https://openrouter.ai/api", "openrouter"),
        ("localhost", "openai-chat", "http://localhost:8000/v1", "openai"),
        (None, "gemini-generate", "", "gcp.gemini"),
        (None, "claude-code", "", "anthropic"),
        (None, "langgraph", "", "unknown"),
        ("api.example", "", "https://api.example/", "api.example"),
        (None, "", "", "unknown"),
    ],
)
def test_a_provider_has_its_name_in_the_conventions(provider, protocol, url, expected):
    assert provider_name(provider, protocol, url) == expected


def test_operations_have_their_names_in_the_conventions():
    assert operation_name("anthropic-messages") == "chat"
    assert operation_name("gemini-generate") == "generate_content"
    assert operation_name("openai-completions") == "text_completion"
    assert operation_name("a2a") == operation_name("chatkit") == "invoke_agent"
