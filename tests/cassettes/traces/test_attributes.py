"""Attributes in OTLP's JSON, and lists that were flattened into names."""

import pytest

from viewer.cassettes.traces.attributes import any_value, attributes_of, json_value, unflattened


@pytest.mark.parametrize(
    ("value", "held"),
    [
        ({"stringValue": "x"}, "x"),
        ({"intValue": "84"}, 84),
        ({"intValue": 84}, 84),
        ({"intValue": "many"}, "many"),
        ({"boolValue": False}, False),
        ({"doubleValue": 0.5}, 0.5),
        ({"arrayValue": {"values": [{"stringValue": "a"}, {"intValue": "1"}]}}, ["a", 1]),
        ({"kvlistValue": {"values": [{"key": "a", "value": {"stringValue": "b"}}]}}, {"a": "b"}),
        ({"arrayValue": {}}, []),
        ("plain", "plain"),
        ({"other": 1}, {"other": 1}),
    ],
)
def test_an_attribute_has_the_json_value_of_its_any_value(value, held):
    # https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
    assert any_value(value) == held
    assert attributes_of([{"key": "k", "value": value}, 5, {"key": 1}]) == {"k": held}


def test_values_that_are_nested_without_end_stay_as_they_are():
    value = {"stringValue": "x"}
    for _ in range(500):
        value = {"arrayValue": {"values": [value]}}
    assert isinstance(any_value(value), list)


def test_numbers_in_names_are_places_in_lists_in_their_order():
    flat = {"p.10.role": "b", "p.2.role": "a", "p.2.calls.0.name": "f", "q.0": "no", "p.2.calls.0.name.x": "odd"}
    first, second = unflattened(flat, "p.")
    assert (first["role"], second) == ("a", {"role": "b"})
    assert first["calls"][0]["name"] == {"": "f", "x": "odd"}
    assert unflattened({"p.a": 1}, "p.") == []


def test_only_texts_of_lists_and_objects_are_parsed():
    assert json_value('{"a": 1}') == {"a": 1}
    assert [json_value(text) for text in ("[cut", "12", "text", None)] == ["[cut", "12", "text", None]
