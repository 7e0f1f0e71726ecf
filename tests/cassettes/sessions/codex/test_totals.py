"""The counts of threads of Codex, taken apart by turn and added up."""

from viewer.cassettes.sessions.codex.totals import ThreadTotals, codex_usage


def test_counts_are_read_in_the_names_of_files_and_of_the_app_server():
    in_file = codex_usage(
        {"input_tokens": 9, "cached_input_tokens": 4, "output_tokens": 3, "reasoning_output_tokens": 2}
    )
    in_server = codex_usage({"inputTokens": 9, "cachedInputTokens": 4, "outputTokens": 3, "reasoningOutputTokens": 2})
    assert in_file == in_server
    assert (in_file.input, in_file.cache_read, in_file.output, in_file.reasoning, in_file.total) == (9, 4, 3, 2, None)
    assert codex_usage({"input_tokens": "many"}) is None


def test_the_counts_of_a_turn_are_what_its_thread_had_more():
    totals = ThreadTotals()
    assert totals.of_session() is None
    assert totals.add("a", {}) is None
    used = [totals.add("a", {"input_tokens": total, "output_tokens": 1 + total // 10}) for total in (10, 30, 5)]
    assert [(one.input, one.output) for one in used] == [(10, 2), (20, 2), (5, 1)]
    totals.add("b", {"input_tokens": 7, "output_tokens": 1})
    whole = totals.of_session().usage
    assert (whole.input, whole.output, whole.reasoning) == (42, 6, None)
