"""Prices from the file that VIEWER_PRICES names."""

import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from viewer.streams import own_prices
from viewer.streams.cost import price
from viewer.types.usage import Usage

DAY = datetime(2025, 10, 9, 9, tzinfo=UTC).timestamp()
USAGE = Usage(input=1_000_000, output=1_000_000, cache_read=400_000, reasoning=500_000)


@pytest.fixture
def prices(tmp_path, monkeypatch):
    path = tmp_path / "prices.yaml"
    monkeypatch.setenv(own_prices.VARIABLE, str(path))

    def write(content):
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return path

    return write


@pytest.mark.parametrize(
    "content",
    [
        "mine-*:\n  input: 2\n  output: 10\n  cache_read: 0.5\n",
        '{\n\t"mine-*": {"input": 2, "output": 10, "cache_read": 0.5}}',
        "mine-*:\n- {input: 7, output: 7, provider: openai}\n- {input: 2, output: 10, cache_read: 0.5}\n",
    ],
)
def test_own_prices_are_per_million_tokens_in_yaml_or_json(prices, content):
    prices(content)
    cost = price(USAGE, "localhost", "Mine-8B", None)
    assert cost.usd == pytest.approx(0.6 * 2 + 0.4 * 0.5 + 10)
    assert cost.input_usd == pytest.approx(0.6 * 2 + 0.4 * 0.5)
    assert cost.source == "estimate by your own prices in prices.yaml for mine-*"
    assert (cost.is_estimate, cost.prices) == (True, "prices.yaml")


def test_they_come_before_the_list_and_after_the_provider_s_own_cost(prices):
    prices({"gpt-4o": {"input": 1, "output": 1}})
    usage = Usage(1_000_000, 1_000_000)
    assert price(usage, "openai", "gpt-4o", DAY).usd == pytest.approx(2)
    assert price(usage, "openai", "openai/gpt-4o", DAY).usd == pytest.approx(2)
    assert price(Usage(1, 1, reported={"cost": 7}), "openrouter", "gpt-4o", DAY).usd == 7
    assert "genai-prices" in price(usage, "openai", "gpt-4o-mini", DAY).source


@pytest.mark.parametrize(
    ("condition", "matches"),
    [
        ({"provider": "OpenAI"}, True),
        ({"provider": "azure"}, False),
        ({"from": "2025-10-09", "until": "2025-10-09"}, True),
        ({"from": "2025-10-10"}, False),
        ({"until": "2025-10-08"}, False),
        ({"service_tier": "flex"}, True),
        ({"service_tier": "standard"}, False),
    ],
)
def test_an_entry_may_be_limited_to_a_provider_a_tier_and_days(prices, condition, matches):
    prices({"gpt-4o": {"input": 1, "output": 1, **condition}})
    cost = price(Usage(5, 5, service_tier="flex"), "openai", "gpt-4o", DAY)
    assert ("your own prices" in cost.source) is matches


def test_an_entry_with_days_does_not_price_a_recording_without_a_day(prices):
    prices({"gpt-4o": {"input": 1, "output": 1, "from": "2020-01-01"}})
    assert "does not say when" in price(USAGE, "openai", "gpt-4o", None).source


def test_every_kind_of_token_and_tool_may_have_a_price(prices):
    usd = {"input": 1, "output": 2, "cache_write": 3, "cache_write_1h": 4, "audio_input": 5, "reasoning": 6}
    prices({"m": {**usd, "web_search": 10}})
    usage = Usage(
        input=1_000_000,
        output=1_000_000,
        reasoning=100_000,
        cache_write=300_000,
        cache_write_1h=100_000,
        audio_input=200_000,
        tool_uses={"web_search": 2},
    )
    expected = 0.5 * 1 + 0.2 * 3 + 0.1 * 4 + 0.2 * 5 + 0.9 * 2 + 0.1 * 6 + 0.02
    assert price(usage, None, "m", None).usd == pytest.approx(expected)


def test_what_the_file_has_no_price_for_is_said(prices):
    prices({"m": {"input": 1, "output": 1}})
    cost = price(Usage(5, 5, cache_read=2, cache_write=2, tool_uses={"web_search": 2}), None, "m", None)
    assert [caveat.split(",")[0] for caveat in cost.caveats] == [
        "The file has no cache_read",
        "The file has no cache_write",
        "Left out: 2 × web_search",
    ]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("m: {input: 1", "not readable"),
        ("m: {input: 1, output: 1}\n---\nm: 1\n", "2 YAML documents"),
        ("", "0 YAML documents"),
        ("- 1", "must map patterns"),
        ("m: 5", "prices must be a mapping"),
        ("m: [5]", "prices must be a mapping"),
        ("m: {input: 1}", "output has no price"),
        ("m: {input: x, output: 1}", "input must be a number"),
        ("m: {input: -1, output: 1}", "input must be a number"),
        ("m: {input: true, output: 1}", "input must be a number"),
        ("m: {input: [1], output: 1}", "input must be a number"),
        ('{"m": {"input": NaN, "output": 1}}', "input must be a number"),
        ("m: {inptu: 1, output: 1}", "inptu is not one of"),
        ("m: {input: 1, output: 1, provider: 5}", "provider must be a text"),
        ("m: {input: 1, output: 1, from: soon}", "from must be a day"),
        ("m: {input: 1, output: 1, until: [2025]}", "until must be a day"),
        ("[" * 100_000, "depth"),
        ('{"a":' * 100_000, ""),
        ("x" * (1 << 20) + "x", "larger than 1 MiB"),
        ("\0", ""),
    ],
)
def test_a_file_that_cannot_be_used_is_said_and_the_list_prices_apply(prices, content, reason):
    prices(content)
    listed = price(Usage(5, 5), "openai", "gpt-4o", DAY)
    assert listed.usd is not None
    assert "VIEWER_PRICES is not used: prices.yaml: " in listed.source
    assert reason in listed.source
    assert reason in price(Usage(5, 5), None, "m", None).source


@pytest.mark.parametrize("path", ["absent.yaml", ".", "a\0b"])
def test_a_path_that_is_not_a_file_is_said(monkeypatch, tmp_path, path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "environ", {own_prices.VARIABLE: path})
    cost = price(Usage(5, 5), None, "m", None)
    assert cost.usd is None
    assert "VIEWER_PRICES is not used" in cost.source


def test_a_file_is_read_once_until_it_changes(prices, monkeypatch):
    path = prices({"m": {"input": 1, "output": 1}})
    assert price(USAGE, None, "m", None).usd == pytest.approx(2)
    with monkeypatch.context() as patched:
        patched.setattr(own_prices, "_parse", None)
        assert price(USAGE, None, "m", None).usd == pytest.approx(2)
    prices({"m": {"input": 3, "output": 1}})
    os.utime(path, ns=(1, 1))
    assert price(USAGE, None, "m", None).usd == pytest.approx(4)


def test_counts_that_contradict_each_other_have_no_own_price(prices):
    prices({"gpt-4o": {"input": 1, "output": 1, "cache_read": 1}})
    assert "contradict each other" in price(Usage(5, 5, cache_read=9), "openai", "gpt-4o", DAY).source


def test_the_example_in_the_docs_is_read_and_its_table_names_every_key(prices):
    docs = (Path(__file__).parents[2] / "docs" / "cost.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", docs, re.DOTALL)
    prices(example)
    assert price(Usage(1_000_000, 0), "openai", "gpt-4o-mini", None).usd == pytest.approx(2)
    assert price(Usage(1_000_000, 0), "localhost", "my-llama-8b", DAY).usd == pytest.approx(0.1)
    prices({"m": {"unknown": 1}})
    said = price(USAGE, None, "m", None).source.partition("is not one of ")[2]
    keys = {key for row in re.findall(r"^\| (`.*?) \|", docs, re.MULTILINE) for key in re.findall(r"`(\w+)`", row)}
    assert set(said.split(", ")) == keys
