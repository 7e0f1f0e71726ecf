"""What an estimate counts beside plain tokens, and what it says about the rest. Prices are those that the providers published."""

from datetime import UTC, datetime

import pytest

from viewer.streams.cost import price
from viewer.types.usage import Usage, sum_check

DAY = datetime(2025, 10, 9, 9, tzinfo=UTC).timestamp()
LATER = datetime(2026, 11, 1, tzinfo=UTC).timestamp()
SONNET = ("anthropic", "claude-sonnet-4-5-20250929", DAY)


@pytest.mark.parametrize(
    ("usage", "model", "usd"),
    [
        # Written for five minutes at 3.75 dollars a million, for an hour at 6 dollars.
        (Usage(input=100_010, output=5, cache_write=100_000, cache_write_1h=100_000), SONNET, 0.600105),
        (Usage(input=100_010, output=5, cache_write=100_000, cache_write_1h=40_000), SONNET, 0.465105),
        (Usage(input=100_010, output=5, cache_write=100_000, cache_write_1h=0), SONNET, 0.375105),
        # Searches at 10 dollars a thousand, file searches at 2.50 dollars.
        (Usage(input=2000, output=80, tool_uses={"web_search": 5}), SONNET, 0.0572),
        (Usage(input=10, output=30, tool_uses={"web_search": 3}), ("openai", "gpt-5", DAY), 0.0303125),
        (Usage(input=10, output=30, tool_uses={"file_search": 2}), ("openai", "gpt-5", DAY), 0.0053125),
        # Gemini 2.5 Flash: audio at 1 dollar, everything else at 30 cents, output at 2.50 dollars.
        (Usage(input=10_000, output=0, audio_input=10_000), ("google", "gemini-2.5-flash", DAY), 0.01),
        (Usage(input=10_000, output=0, image_input=10_000), ("google", "gemini-2.5-flash", DAY), 0.003),
        # Whisper costs 36 cents an hour.
        (Usage(audio_input_s=60.0), ("openai", "whisper-1", DAY), 0.006),
    ],
)
def test_everything_with_a_price_of_its_own_is_counted(usage, model, usd):
    cost = price(usage, *model)
    assert cost.usd == pytest.approx(usd)
    assert cost.caveats == ()


@pytest.mark.parametrize(("model", "searches"), [("gemini-2.5-pro", 1), ("gemini-3-pro-preview", 4)])
def test_google_charges_for_a_grounded_request_until_gemini_3_and_for_each_search_since(model, searches):
    plain, grounded = (
        price(Usage(input=10, output=10, tool_uses=uses), "google", model, LATER) for uses in ({}, {"web_search": 4})
    )
    per_search = {1: 0.035, 4: 0.014}[searches]
    assert grounded.usd - plain.usd == pytest.approx(searches * per_search)
    assert "without Google's free ones" in grounded.source


@pytest.mark.parametrize(
    ("provider", "model", "usage", "caveat"),
    [
        ("openai", "gpt-5", Usage(tool_uses={"code_execution": 2}), "Left out: 2 × code_execution"),
        ("openai", "gpt-4o-search-preview", Usage(), "Left out: the model's web search"),
        ("anthropic", "claude-sonnet-4-5", Usage(cache_write=5), "how long cache writes stay"),
        (
            "anthropic",
            "claude-sonnet-4-5",
            Usage(reported={"inference_geo": "us"}),
            "surcharge for inference in the US",
        ),
        ("aws-bedrock", "us.anthropic.claude-sonnet-4-20250514-v1:0", Usage(cache_write=5, cache_write_1h=5), "1-hour"),
        ("mistral", "mistral-small-latest", Usage(cache_read=5), "no price for cached input"),
        ("perplexity", "sonar-deep-research", Usage(reported={"citation_tokens": 9}), "Left out: citation tokens"),
        ("openai", "gpt-5", Usage(checks=(sum_check("total", 3, 1),)), "do not add up"),
        ("openai", "gpt-5", Usage(fallen=("output_tokens 9, then 0",)), "smaller than earlier ones"),
        ("openai", "gpt-5", Usage(service_tier="scale"), "no price for service tier scale"),
    ],
)
def test_what_a_price_leaves_out_is_said(provider, model, usage, caveat):
    fields = {name: getattr(usage, name) for name in usage.__slots__}
    cost = price(Usage(**{**fields, "input": 10, "output": 10}), provider, model, DAY)
    assert cost.usd is not None
    (said,) = cost.caveats
    assert caveat in said
    assert cost.source.endswith(said)


@pytest.mark.parametrize(
    ("provider", "model", "tier", "factor"),
    [
        ("openai", "gpt-5", "flex", 0.5),
        ("openai", "gpt-5", "priority", 2),
        ("openai", "gpt-5", "default", 1),
        ("openai", "gpt-5", "auto", 1),
        ("anthropic", "claude-sonnet-4-5", "batch", 0.5),
        ("anthropic", "claude-sonnet-4-5", "standard", 1),
        ("google", "gemini-2.5-pro", "ON_DEMAND", 1),
        ("groq", "openai/gpt-oss-20b", "on_demand", 1),
    ],
)
def test_a_service_tier_has_its_own_price(provider, model, tier, factor):
    usage = Usage(input=1000, output=100)
    standard, tiered = (price(one, provider, model, LATER) for one in (usage, Usage(1000, 100, service_tier=tier)))
    assert standard.caveats == tiered.caveats == ()
    assert tiered.usd == pytest.approx(factor * standard.usd)
    assert ("service tier" in tiered.source) == (factor != 1)


def test_a_tier_that_the_list_knows_only_since_later_is_priced_with_a_caveat():
    cost = price(Usage(100_000, 10_000, service_tier="flex"), "openai", "gpt-5", DAY)
    assert cost.usd == pytest.approx(0.1125)
    assert cost.caveats == (
        "The price of service tier flex is that of 2026-10-12, the first day for which the list has one",
    )


def test_a_tier_is_not_priced_by_a_later_list_if_the_standard_price_changed_in_between():
    """o3 cost 10 and 40 dollars until 2025-06-10, and 2 and 8 dollars since."""
    before = datetime(2025, 6, 1, tzinfo=UTC).timestamp()
    cost = price(Usage(1_000_000, 0, service_tier="flex"), "openai", "o3", before)
    assert cost.usd == pytest.approx(10)
    assert "when the model cost something else" in cost.source


def test_a_tier_of_a_model_that_the_list_has_under_another_provider_is_not_known():
    cost = price(Usage(100_000, 10_000, service_tier="priority"), "azure", "gpt-5", LATER)
    assert cost.usd == pytest.approx(0.225)
    assert "no price for service tier priority" in cost.source


@pytest.mark.parametrize(
    ("provider", "model", "listed"),
    [
        ("google", "models/gemini-2.5-pro", "gemini-2.5-pro"),
        ("google-vertex", "publishers/google/models/gemini-2.5-pro", "gemini-2.5-pro"),
        ("google-vertex", "projects/p/locations/l/publishers/google/models/gemini-2.5-flash", "gemini-2.5-flash"),
        ("google-vertex", "vertex_ai/gemini-2.5-flash", "gemini-2.5-flash"),
        ("openai", "openai/gpt-4o", "gpt-4o"),
        ("xai", "xai/grok-4", "grok-4"),
        ("openrouter", "openai/gpt-4o", "openai/gpt-4o"),
        ("openrouter", "openrouter/openai/gpt-4o", "openai/gpt-4o"),
        ("groq", "openai/gpt-oss-20b", "openai/gpt-oss-20b"),
        ("api.moonshot.ai", "kimi-k2-0905-preview", "kimi-k2-0905"),
    ],
)
def test_a_model_is_found_whatever_stands_before_its_name(provider, model, listed):
    assert f"for {listed}" in price(Usage(5, 5), provider, model, DAY).source


@pytest.mark.parametrize(
    ("provider", "model"),
    [
        ("localhost", "openai/gpt-4o"),
        ("openai", "anthropic/claude-sonnet-4-5"),
        ("aws-bedrock", "arn:aws:bedrock:us-east-1:1:application-inference-profile/abc"),
        ("google", "tunedModels/mine"),
    ],
)
def test_a_name_that_does_not_say_which_model_it_is_has_no_price(provider, model):
    assert price(Usage(5, 5), provider, model, DAY).usd is None


@pytest.mark.parametrize(
    "usage",
    [
        Usage(5, 5, audio_output=3),
        Usage(5, 5, image_output=3),
        Usage(5, 5, cache_write=3, cache_write_1h=4),
        Usage(0, 5),
    ],
)
def test_counts_that_cannot_be_priced_have_no_price(usage):
    cost = price(usage, "anthropic", "claude-sonnet-4-5", DAY)
    assert (cost.usd, cost.is_estimate) == (None, False)
    assert cost.source.startswith("unpriced: ")
