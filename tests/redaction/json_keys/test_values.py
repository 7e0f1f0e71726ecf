"""Secrets that the structure of JSON tells: by keys, by names beside a value, in lists, in texts, and cut off."""

import json
import random

import pytest

from viewer.redaction.cassette import Redaction, rules_for
from viewer.redaction.json_keys.strings import find_leaves
from viewer.redaction.units import redact_units

SECRET = "hunter2-Sekret"  # noqa: S105 - made up


def redacted(*units, continued=False):
    return redact_units(list(units), rules_for(Redaction()), "body", continued=continued)


def nested(value, depth):
    return value if not depth else {"arguments": json.dumps(nested(value, depth - 1))}


HOLDERS = [
    {"credentials": {"user": "ada", "value": SECRET}},
    {"auth": {"data": SECRET}},
    {"passwords": [SECRET, "horse"]},
    {"api_keys": [SECRET]},
    {"credentials": [{"user": "ada", "value": SECRET}]},
    {"password": {"old": [[SECRET]]}},
    {"cookies": {"session": SECRET}},
    {"password": [*SECRET[:6], SECRET[6:]]},
    [{"name": "API_KEY", "value": SECRET}],
    {"value": SECRET, "name": "password"},
    {"Name": "PASSWORD", "Value": SECRET},
    {"variable": "DB_PASSWORD", "default": SECRET},
    {"id": "password", "text": SECRET},
    {"queryString": [{"name": "client_secret", "value": SECRET}]},
    {"attributes": [{"key": "db.password", "value": {"stringValue": SECRET}}]},
    [["x-api-key", SECRET]],
    {"rawHeaders": ["Authorization", SECRET, "Accept", "*/*"]},
    ["Authorization", SECRET, "Accept", "*/*"],
    {"headers": [["x-session", SECRET]]},
    {"headers": [f"Authorization: {SECRET}", "Accept: */*"]},
    {"headers": {"Authorization": [SECRET]}},
    {"headers": {"Authorization": ["Basic", SECRET]}},
    {"args": ["login", "--password", SECRET]},
    {"args": ["--db-password", SECRET]},
    {"smtp_pass": SECRET},
    {"content": [{"type": "text", "text": json.dumps({"api_key": SECRET})}]},
    {"text": f"```json\n{json.dumps({'password': SECRET}, indent=1)}\n```"},
    {"text": f"Result: {json.dumps({'password': SECRET})} as asked"},
    {"text": f'a 5" screen, "password": "{SECRET}" and more'},
    {"text": f'he said "{json.dumps(json.dumps({"password": SECRET}))[1:-1]}"'},
    {"text": f'{{"a": 1}}\n{json.dumps({"password": SECRET})}'},
    *(nested({"password": f'{SECRET}"quoted"'}, depth) for depth in (1, 2, 3, 4)),
]


@pytest.mark.parametrize("holder", HOLDERS, ids=json.dumps)
def test_a_value_is_redacted_by_the_names_around_it(holder):
    [unit] = redacted(json.dumps(holder))
    assert SECRET[:6] not in unit
    assert SECRET[6:] not in unit
    assert "quoted" not in unit
    assert json.loads(unit).keys() == holder.keys() if isinstance(holder, dict) else json.loads(unit)
    assert redacted(unit) == [unit]


NUMBERS = [
    {"password": 123456},
    {"pin": 123456},
    {"otp": -123456},
    {"pins": [123456, [123456]]},
    {"key": "password", "value": 123456},
    {"secret": {"data": 123456}},
    {"credentials": {"user": "ada", "pin": 123456}},
]


@pytest.mark.parametrize("depth", [0, 1, 2])
@pytest.mark.parametrize("holder", NUMBERS, ids=json.dumps)
def test_a_number_becomes_another_number_of_the_same_length(holder, depth):
    unit = json.dumps(nested(holder, depth))
    [after] = redacted(unit)
    assert after == unit.replace("123456", "111111")
    assert redacted(after) == [after]


@pytest.mark.parametrize("holder", [{"pin": 123456}, {"password": SECRET}, {"auth": {"data": SECRET}}], ids=json.dumps)
def test_a_value_in_tool_arguments_is_redacted_wherever_chunks_of_parallel_calls_split_it(holder):
    arguments = json.dumps(holder)
    for place in range(len(arguments) + 1):
        pieces = ["", arguments[:place], arguments[place:]]
        units = [
            json.dumps({"tool_calls": [{"index": index, "function": {"arguments": piece}}]})
            for piece in pieces
            for index in (0, 1)
        ]
        after = [json.loads(unit)["tool_calls"][0] for unit in redacted(*units, continued=True)]
        assert [len(one["function"]["arguments"]) for one in after] == [len(piece) for piece in pieces for _ in (0, 1)]
        for index in (0, 1):
            text = "".join(one["function"]["arguments"] for one in after if one["index"] == index)
            assert json.loads(text).keys() == holder.keys()
            assert not any(secret in text for secret in (SECRET, "123456"))


@pytest.mark.parametrize(
    "end", range(len('{"user": "ada", "password": "') + 1, len('{"user": "ada", "password": "') + len(SECRET))
)
def test_a_value_that_is_cut_off_is_redacted(end):
    text = f'{{"user": "ada", "password": "{SECRET}"}}'[:end]
    for unit in (text, json.dumps({"text": text}), f"data: {text}\n\n", text + "\\", text + "\\u00"):
        [after] = redacted(unit)
        assert "ada" in after
        assert text[29:] not in after[29:]


def test_every_piece_is_redacted_if_each_event_repeats_the_arguments_so_far():
    text = json.dumps({"password": SECRET})
    units = [json.dumps({"arguments": text[:end]}) for end in range(1, len(text) + 1)]
    after = "".join(redacted(*units, continued=True))
    assert not any(SECRET[:length] in after for length in range(3, len(SECRET)))


STAYING = [
    {
        "properties": {"password": {"type": "string", "default": "changeit", "enum": ["a"]}},
        "required": ["api_key", "name"],
    },
    {"password": {"type": "string", "description": "Your password"}},
    {"parameter_definitions": {"password": {"description": "x", "type": "str", "required": True}}},
    {"components": {"securitySchemes": {"api_key": {"type": "apiKey", "name": "X-Api-Key", "in": "header"}}}},
    {"paths": {"/v1/password": {"post": {"operationId": "resetPassword1"}}}},
    {"name": "password", "label": "Password", "type": "password", "text": "Enter your password"},
    {"role": "tool", "name": "reset_password", "content": "Password has been reset"},
    {"errors": {"password": ["is too short (minimum is 8)"]}},
    {"error": {"param": "password", "message": "The password is wrong"}},
    {"auth": {"type": "bearer"}},
    {"credentials": {"type": "oauth", "expires_in": 360000, "url": "https://a.example/x", "scopes": ["read"]}},
    {"secrets": ["db_password", "api_key"]},
    {"api_key": {"value": "${API_KEY}"}},
    {"logprobs": {"content": [{"token": "he", "logprob": -1.2345, "bytes": [1042, 1043]}]}},
    {"tokens": ["he", "llo"], "token": 50256, "usage": {"prompt_tokens": 1234567}},
    {"secrets": 12345, "password": True, "credentials": None},
    {"key": "organization", "value": "acme"},
]


@pytest.mark.parametrize("holder", STAYING, ids=json.dumps)
def test_descriptions_counts_and_names_of_secrets_stay(holder):
    unit = json.dumps(holder)
    assert redacted(unit) == [unit]


def random_value(dice, depth):
    kind = dice.choice("snlood" if depth else "sn")
    if kind == "s":
        return dice.choice([SECRET, 'a "b" \\ c', "", "é😀", "\ud800"])
    if kind == "n":
        return dice.choice([0, -1.5e-7, 123456, None, True])
    if kind == "l":
        return [random_value(dice, depth - 1) for _ in range(dice.randrange(4))]
    if kind == "d":
        return json.dumps(random_value(dice, depth - 1))
    keys = ["password", "a", "headers", "name", "value", "index", "api_key", "x/y", "token"]
    return {dice.choice(keys): random_value(dice, depth - 1) for _ in range(dice.randrange(4))}


@pytest.mark.parametrize("seed", range(40))
def test_any_text_is_redacted_without_an_exception_and_valid_json_keeps_the_lengths_of_its_texts(seed):
    dice = random.Random(seed)  # noqa: S311 - no secret
    units = []
    for _ in range(4):
        text = json.dumps({"first": random_value(dice, 4), "password": SECRET})
        begin, end = sorted(dice.choices(range(len(text) + 1), k=2))
        whole, cut, mutated = text, text[begin:end], text[:begin] + dice.choice('"\\{}[]:,\0é') + text[end:]
        units += [whole, cut, mutated]
    for continued in (False, True):
        after = redacted(*units, continued=continued)
        lengths = [[list(map(len, find_leaves([unit]).text)) for unit in one[::3]] for one in (units, after)]
        assert lengths[0] == lengths[1]
        assert all(json.loads(unit)["password"] == "•" * len(SECRET) for unit in after[::3])
