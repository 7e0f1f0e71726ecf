"""The verdict on a provider's arithmetic."""

import pytest

from viewer.types.usage import Usage, check_arithmetic, part_check, sum_check


def test_numbers_that_add_up_are_said_to_with_the_numbers():
    usage = Usage(checks=(sum_check("total = prompt + completion", 9, 7, 2), part_check("cached ≤ prompt", 5, 7)))
    told = check_arithmetic(usage, "openai")
    assert (told.adds_up, told.text) == (True, "Adds up: 9 = 7 + 2, 5 ≤ 7.")


def test_numbers_that_do_not_add_up_are_said_to_by_how_much():
    usage = Usage(checks=(sum_check("total = prompt + completion", 12, 7, 2), part_check("cached ≤ prompt", 8, 7)))
    told = check_arithmetic(usage, "openai")
    assert told.adds_up is False
    assert told.text == (
        "Does not add up: total = prompt + completion, but 12 ≠ 7 + 2. It is off by 3 tokens. No reason is known."
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
    told = check_arithmetic(Usage(checks=(check,)), provider)
    assert told.adds_up is False
    assert "This is known: " in told.text
    assert "This is known" not in check_arithmetic(Usage(checks=(check,)), "openai").text


def test_nothing_to_check_is_no_verdict():
    assert check_arithmetic(Usage(input=5), None).adds_up is None
