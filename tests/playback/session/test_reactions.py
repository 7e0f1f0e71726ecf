import json
import tracemalloc
from dataclasses import replace

import pytest

from viewer.playback.session.reactions import OTHER_FAULTS, FaultReactions
from viewer.playback.session.record import Record
from viewer.types.http import Headers, Request

CUT = Record(1, 100.0, 1.0, "POST", "/v1", 200, "cut", cassette="a", times="measured", key="k")
CUT = replace(CUT, fault="cut-at-event=3", is_spoiled=True)
GOOD = replace(CUT, number=2, started_s=103.0, ending="complete", fault="", is_spoiled=False)


def reaction(*records):
    reactions = FaultReactions()
    for number, record in enumerate(records, 1):
        answered, request = record if isinstance(record, tuple) else (record, Request())
        reactions.add(replace(answered, number=number), request)
    return reactions.by_fault()[CUT.fault]


def counts(reaction):
    names = ("retries", "new_calls", "equal_requests", "went_on", "gave_up", "silent")
    return {name: getattr(reaction, name) for name in names if getattr(reaction, name)}


def test_nothing_after_a_cut_is_told_as_silence():
    assert counts(reaction(CUT)) == {"silent": 1}
    assert reaction(CUT).again_s is None


def test_another_request_is_no_retry():
    assert counts(reaction(CUT, replace(GOOD, key="other"))) == {"silent": 1}


@pytest.mark.parametrize(("retry_count", "name"), [(None, "equal_requests"), (0, "new_calls"), (1, "retries")])
def test_an_equal_request_is_called_what_the_clients_own_count_says(retry_count, name):
    after = reaction(CUT, replace(GOOD, retry_count=retry_count))
    assert counts(after) == {name: 1}
    assert after.again_s == (2.0, 2.0)


def test_a_request_that_came_before_the_answer_had_ended_is_no_reaction():
    assert counts(reaction(CUT, replace(GOOD, started_s=100.5))) == {"silent": 1}


def test_a_chain_of_retries_ends_in_giving_up():
    chain = [replace(CUT, started_s=100.0 + 5 * number, retry_count=number) for number in range(3)]
    after = reaction(*chain)
    assert counts(after) == {"retries": 2, "gave_up": 1}
    assert (after.spoiled, after.again_s) == (3, (4.0, 4.0))


def test_the_first_calls_of_other_clients_do_not_hide_a_retry():
    first = [replace(CUT, started_s=100.0 + 2 * number, retry_count=0) for number in range(3)]
    retries = [replace(GOOD, started_s=110.0 + number, retry_count=1) for number in range(3)]
    assert counts(reaction(*first, *retries)) == {"retries": 3}


def test_a_retry_belongs_to_the_attempt_before_it():
    first, second = replace(CUT, retry_count=1), replace(CUT, started_s=100.5, retry_count=0)
    after = reaction(first, second, replace(GOOD, retry_count=1))
    assert counts(after) == {"retries": 1, "gave_up": 1}


def test_a_retry_that_comes_before_retry_after_is_counted():
    refused = replace(CUT, retry_after_s=3)
    assert reaction(refused, GOOD).early == 1
    assert reaction(refused, replace(GOOD, started_s=104.0)).early == 0


@pytest.mark.parametrize(
    "message",
    [
        {"role": "assistant", "content": "One two\nthree "},
        {"role": "model", "parts": [{"text": "One two "}, {"text": "three"}]},
        {"role": "assistant", "content": [{"type": "text", "text": "One two three"}]},
    ],
)
def test_a_cut_text_that_comes_back_as_the_models_is_gone_on_with(message):
    field = "contents" if "parts" in message else "messages"
    request = Request("POST", "/v1", Headers(), json.dumps({field: [message]}).encode())
    cut = replace(CUT, cut_text="One two three")
    later = replace(GOOD, key=None, cassette="")
    assert counts(reaction(cut, (later, request))) == {"went_on": 1}
    assert counts(reaction(replace(cut, cut_text="One tw"), (later, request))) == {"silent": 1}
    assert counts(reaction(replace(cut, cut_text=""), (later, request))) == {"silent": 1}
    assert counts(reaction(cut, (replace(later, started_s=100.5), request))) == {"silent": 1}


def test_a_cut_text_that_comes_back_as_the_users_is_not():
    body = json.dumps({"messages": [{"role": "user", "content": "One"}]}).encode()
    later = (replace(GOOD, key=None), Request("POST", "/v1", Headers(), body))
    assert counts(reaction(replace(CUT, cut_text="One"), later)) == {"silent": 1}


def test_a_fault_that_spoils_nothing_is_not_watched():
    assert counts(reaction(replace(CUT, ending="complete", is_spoiled=False), GOOD)) == {}


def test_days_of_faults_need_no_more_memory_and_are_all_counted():
    reactions = FaultReactions()

    def add(first, count):
        for number in range(first, first + count):
            fault = f"cut-at-event={number}" if number < 300 else "status=500"
            reactions.add(replace(CUT, number=number, key=number, fault=fault), Request())

    add(0, 3000)
    tracemalloc.start()
    add(3000, 3000)
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()
    by_fault = reactions.by_fault()
    assert len(by_fault) == 201
    assert sum(one.silent for one in by_fault.values()) == 6000
    assert by_fault[OTHER_FAULTS].spoiled == 5800
