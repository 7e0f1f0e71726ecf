"""The usage object of chat completions, with the fields that gateways add. test_openai_chat has the plain counts."""

import pytest

from viewer.protocols.chat_completions.usage import usage

COUNTS = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}


@pytest.mark.parametrize(
    "fields",
    [
        {"prompt_tokens_details": {"cached_tokens": 20, "cache_write_tokens": 30}},
        {"prompt_tokens_details": {"cached_tokens": 20, "cache_creation_tokens": 30}},
        {"prompt_tokens_details": {"cached_tokens": 20, "cache_creation_input_tokens": 30}},
        {"cache_read_input_tokens": 20, "cache_creation_input_tokens": 30},
        # LiteLLM fills only some of the names.
        {
            "prompt_tokens_details": {"cached_tokens": 0, "cache_creation_tokens": None},
            "cache_read_input_tokens": 20,
            "cache_creation_input_tokens": 30,
        },
    ],
)
def test_cached_tokens_are_read_under_every_name(fields):
    read = usage({**COUNTS, **fields}, None)
    assert (read.input, read.cache_read, read.cache_write) == (100, 20, 30)
    assert all(check.passed for check in read.checks)


@pytest.mark.parametrize("where", ["cache_creation", "cache_creation_token_details"])
@pytest.mark.parametrize("in_details", [True, False])
def test_cache_writes_for_an_hour_are_a_part_of_all_cache_writes(where, in_details):
    split = {where: {"ephemeral_5m_input_tokens": 10, "ephemeral_1h_input_tokens": 20}}
    fields = {"prompt_tokens_details": split} if in_details else split
    read = usage({**COUNTS, "cache_creation_input_tokens": 30, **fields}, None)
    assert (read.cache_write, read.cache_write_1h) == (30, 20)


def test_the_total_shows_that_cached_tokens_are_not_part_of_the_prompt():
    fields = {"cache_read_input_tokens": 20, "cache_creation_input_tokens": 30, "total_tokens": 160}
    read = usage({**COUNTS, **fields}, None)
    assert read.input == 150
    assert [(check.name, check.passed) for check in read.checks] == [("total = prompt + completion + cache", True)]


def test_images_tiers_and_searches_are_read():
    fields = {
        "prompt_tokens_details": {"image_tokens": 5, "video_tokens": 6, "audio_tokens": 7},
        "completion_tokens_details": {"image_tokens": 8},
        "service_tier": "flex",
        "server_tool_use": {"web_search_requests": 2},
    }
    read = usage({**COUNTS, **fields}, None)
    assert (read.image_input, read.video_input, read.audio_input, read.image_output) == (5, 6, 7, 8)
    assert (read.service_tier, read.tool_uses) == ("flex", {"web_search": 2})


@pytest.mark.parametrize("odd", [None, "x", [], {}, -1, 1e300, True, [[[[[[[[[[1]]]]]]]]]]])
@pytest.mark.parametrize(
    "name",
    [
        "prompt_tokens",
        "completion_tokens",
        "total_tokens",
        "prompt_tokens_details",
        "completion_tokens_details",
        "cache_creation",
        "cache_creation_input_tokens",
        "service_tier",
        "server_tool_use",
        "num_search_queries",
    ],
)
def test_a_field_of_the_wrong_type_is_not_a_count(name, odd):
    read = usage({**COUNTS, name: odd}, "xai")
    assert read.cache_write is None
    assert read.tool_uses == {}
    assert read.service_tier in (None, "x")
