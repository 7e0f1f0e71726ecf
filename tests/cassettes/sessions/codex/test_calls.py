"""Which call of a model each line of a Codex session belongs to."""

from viewer.cassettes.sessions.codex.calls import CodexCalls


def test_usage_after_the_items_ends_a_call():
    calls = CodexCalls()
    assert [calls.of_event(), calls.of_item(), calls.of_item(), calls.of_usage(5, 1)] == ["0"] * 4
    calls.give()
    assert [calls.of_event(), calls.of_item(), calls.of_usage(9, 1)] == ["1"] * 3


def test_items_that_follow_their_usage_are_late_and_each_has_its_result():
    calls = CodexCalls()
    assert [calls.of_event(), calls.of_usage(5, 1), calls.of_item()] == ["0"] * 3
    assert calls.items_are_late
    calls.give()
    assert calls.of_item() == "0"
    calls.give()
    assert [calls.of_event(), calls.of_usage(9, 1), calls.of_item()] == ["1"] * 3
    calls.give()
    assert [calls.of_usage(12, 1), calls.of_item()] == ["2"] * 2


def test_the_same_counts_again_are_no_call():
    calls = CodexCalls()
    assert [calls.of_item(), calls.of_usage(5, 1), calls.of_usage(5, 1), calls.of_item()] == ["0", "0", "", "1"]


def test_a_call_whose_items_are_not_in_the_file_ends_before_the_next_input():
    calls = CodexCalls()
    assert [calls.of_item(), calls.of_usage(5, 1), calls.of_usage(9, 1)] == ["0", "0", "1"]
    calls.give()
    assert calls.of_item() == "2"


def test_without_usage_a_result_ends_a_call_unless_the_file_marks_ends():
    calls = CodexCalls()
    assert calls.of_item() == "0"
    calls.give()
    assert calls.of_item() == "1"
    marked = CodexCalls(results_end_calls=False)
    assert marked.of_item() == "0"
    marked.give()
    assert marked.of_item() == "0"
    marked.end()
    assert marked.of_item() == "1"
