import json

import pytest

from viewer.display.otlp.names import operation_name, provider_name
from viewer.display.otlp.parameters import parameter_attributes


def attributes(**fields):
    return parameter_attributes([(name.replace("__", "."), json.dumps(value)) for name, value in fields.items()])


def test_parameters_of_each_provider_have_one_name():
    expected = {
        "gen_ai.request.temperature": 0.0,
        "gen_ai.request.top_p": 0.9,
        "gen_ai.request.top_k": 40.0,
        "gen_ai.request.max_tokens": 64,
        "gen_ai.request.stop_sequences": ["END"],
    }
    assert attributes(temperature=0, top_p=0.9, top_k=40, max_tokens=64, stop_sequences=["END"]) == expected
    gemini = {"temperature": 0, "topP": 0.9, "topK": 40, "maxOutputTokens": 64, "stopSequences": ["END"]}
    assert attributes(**{f"generationConfig__{name}": value for name, value in gemini.items()}) == expected
    assert attributes(temperature=0, p=0.9, k=40, max_tokens=64, stop_sequences=["END"]) == expected
    ollama = {"temperature": 0, "top_p": 0.9, "top_k": 40, "num_predict": 64, "stop": "END"}
    assert attributes(**{f"options__{name}": value for name, value in ollama.items()}) == expected


@pytest.mark.parametrize(
    "fields",
    [
        {"response_format": {"type": "json_schema", "json_schema": {}}},
        {"text": {"format": {"type": "json_object"}}},
        {"generationConfig__responseMimeType": "application/json"},
    ],
)
def test_a_wanted_format_is_the_type_of_the_output(fields):
    assert attributes(**fields) == {"gen_ai.output.type": "json"}


def test_values_of_another_type_and_the_default_number_of_choices_are_left_out():
    assert attributes(temperature="warm", max_tokens=1.5, seed=True, stop=[1], stream=False, n=1, text="x") == {}
    assert attributes(n=3) == {"gen_ai.request.choice.count": 3}


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
    assert operation_name("a2a") == "invoke_agent"
