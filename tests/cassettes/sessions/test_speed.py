"""How long a session of a day takes. `benchmarks/case_claude_code.py` holds the target of one second."""

import time

import pytest

import viewer
from benchmarks.claude_sessions import claude_session
from viewer.conversation.agent import calls_of


@pytest.mark.process
def test_ten_megabytes_open_in_two_seconds_of_cpu_with_the_list_of_calls():
    data = claude_session(10_000_000)
    begin_s = time.process_time()
    cassette = viewer.load(data, "session.jsonl")
    opened_s = time.process_time() - begin_s
    assert len(calls_of(cassette)) > 700
    assert opened_s < 2
    assert time.process_time() - begin_s < 4
