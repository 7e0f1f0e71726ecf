"""Parameters of requests by the names of OpenTelemetry's conventions."""

import json

import pytest

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
