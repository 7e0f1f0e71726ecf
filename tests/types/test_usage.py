"""The verdict on a provider's arithmetic."""

import pytest

from viewer.types.usage import Usage, part_check, sum_check, verdict


def test_numbers_that_add_up_are_said_to_with_the_numbers():
    usage = Usage(checks=(sum_check("total = prompt + completion", 9, 7, 2), part_check("cached ≤ prompt", 5, 7)))
    told = verdict(usage, "openai")
    assert (told.adds_up, told.text) == (True, "Adds up: 9 = 7 + 2, 5 ≤ 7.")


def test_numbers_that_do_not_add_up_are_said_to_by_how_much():
    usage = Usage(checks=(sum_check("total = prompt + completion", 12, 7, 2), part_check("cached ≤ prompt", 8, 7)))
    told = verdict(usage, "openai")
    assert told.adds_up is False
    assert told.text == (
        "Does not add up, by 3 tokens: total = prompt + completion, but 12 ≠ 7 + 2. No reason for it is known."
    )


@pytest.mark.parametrize(
    ("provider", "check"),
    [
        ("openrouter", part_check("reasoning ≤ completion", 183, 176)),
        ("vercel", sum_check("total = prompt + completion + reasoning", 54, 40, 14, 43)),
        ("azure", part_check("cached ≤ prompt", 161, 7)),
    ],
)
def test_what_is_known_to_fail_is_said_to_be_known(provider, check):
    told = verdict(Usage(checks=(check,)), provider)
    assert told.adds_up is False
    assert "A known trap: " in told.text
    assert "A known trap" not in verdict(Usage(checks=(check,)), "openai").text


def test_nothing_to_check_is_no_verdict():
    assert verdict(Usage(input=5), None).adds_up is None
