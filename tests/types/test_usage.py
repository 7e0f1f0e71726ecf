"""Whether the token counts of a provider add up."""

import pytest

from viewer.types.usage import Usage, check_arithmetic, part_check, sum_check


def test_counts_that_add_up_are_shown_with_the_sum():
    usage = Usage(checks=(sum_check("total = prompt + completion", 9, 7, 2), part_check("cached ≤ prompt", 5, 7)))
    verdict = check_arithmetic(usage, "openai")
    assert (verdict.adds_up, verdict.text) == (True, "Adds up: 9 = 7 + 2, 5 ≤ 7.")


def test_counts_that_do_not_add_up_are_shown_with_the_difference():
    usage = Usage(checks=(sum_check("total = prompt + completion", 12, 7, 2), part_check("cached ≤ prompt", 8, 7)))
    verdict = check_arithmetic(usage, "openai")
    assert verdict.adds_up is False
    assert verdict.text == (
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
def test_a_known_miscount_of_a_provider_is_marked_as_known(provider, check):
    verdict = check_arithmetic(Usage(checks=(check,)), provider)
    assert verdict.adds_up is False
    assert "This is known: " in verdict.text
    assert "This is known" not in check_arithmetic(Usage(checks=(check,)), "openai").text


def test_without_checks_there_is_no_verdict():
    assert check_arithmetic(Usage(input=5), None).adds_up is None


def test_without_checks_a_reported_total_is_not_called_missing():
    assert "no total" in check_arithmetic(Usage(input=5), None).text
    assert "no total" not in check_arithmetic(Usage(input=5, total=9), None).text
