import re
from dataclasses import replace

import pytest

from viewer.playback.session_log import SessionLog
from viewer.playback.session_record import Record, line, model_asked_for
from viewer.playback.session_summary import summary, to_json
from viewer.types.http import Request

SENT = Record(
    1,
    1_700_000_000.0,
    4.13,
    "POST",
    "/v1/messages",
    200,
    model="claude",
    cassette="a.yaml",
    interaction=2,
    times="measured",
    sent_events=163,
    events=163,
    key="k",
)
SHORT = replace(SENT, sent_events=10, took_s=0.3)
MISSED = Record(2, 1_700_000_005.0, 0.001, "POST", "/v1/messages", 404, model="claude", note="not recorded")


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (SENT, "200  claude  a.yaml, interaction 2: 163 events in 4.13 s; times measured"),
        (
            replace(SENT, fault="slow=2", note="no body was recorded"),
            "163 events in 4.13 s; fault slow=2; times measured; no body was recorded",
        ),
        (
            replace(SHORT, ending="cut", fault="cut-at-event=10"),
            "cut after 10 of 163 events, 0.300 s; fault cut-at-event=10; times measured",
        ),
        (
            replace(SHORT, ending="left by the client"),
            "the client left after 10 of 163 events, 0.300 s; times measured",
        ),
        (replace(SHORT, ending="stopped with the server"), "the server stopped after 10 of 163 events, 0.300 s"),
        (
            replace(SENT, status=429, times="", fault="status=429", retry_count=2),
            "429  claude  fault status=429, in place of a.yaml, interaction 2; retry 2 of the client",
        ),
        (
            replace(SENT, status=None, times="", fault="cut-at-headers"),
            "---  claude  fault cut-at-headers, in place of",
        ),
        (
            replace(
                SHORT, events=1, sent_events=0, sent_bytes=500, size_bytes=1234, ending="cut", fault="cut-at-byte=500"
            ),
            "a.yaml, interaction 2: cut after 500 B of 1.23 kB, 0.300 s; fault cut-at-byte=500",
        ),
        (replace(SENT, events=1, size_bytes=1234, times="none"), "1.23 kB in 4.13 s; times not recorded"),
        (MISSED, "404  claude  not recorded"),
    ],
)
def test_a_line_says_what_was_asked_and_what_became_of_it(record, said):
    written = line(record)
    assert re.match(r"\d\d:\d\d:\d\d  POST /v1/messages {10}\S{3}  claude  ", written)
    assert said in written
    assert "\n" not in written


def test_a_line_cannot_be_used_to_control_the_terminal_and_has_a_limit():
    hostile = "\x1b[2J\n\u202e" * 400
    for record in (SENT, MISSED):
        written = line(
            replace(
                record,
                method="G\x1bT",
                path=hostile,
                model=hostile,
                note=hostile,
                cassette=record.cassette and "\x1b.yaml",
            )
        )
        assert written.isprintable()
        assert len(written) < 700


@pytest.mark.parametrize(
    ("url", "body", "model"),
    [
        ("/v1/chat/completions", b'{"model": "gpt-5"}', "gpt-5"),
        ("/v1beta/models/gemini-2.5-flash:streamGenerateContent", b"{}", "gemini-2.5-flash"),
        ("/model/amazon.nova-lite-v1%3A0/converse-stream", b"{}", "amazon.nova-lite-v1:0"),
        ("/v1/chat/completions", b'{"model": 7}', ""),
        ("/v1/chat/completions", b"[]", ""),
        ("/v1/chat/completions", b'{"model"', ""),
        ("/v1/chat/completions", b"", ""),
    ],
)
def test_the_model_is_in_the_body_or_the_url(url, body, model):
    assert model_asked_for(Request("POST", url, body=body)) == model


def log_of(*records, served=(("a.yaml", 2),)):
    log = SessionLog(served)
    for number, record in enumerate(records, 1):
        log.add(replace(record, number=number))
    return log


def test_a_server_that_was_not_asked_says_so():
    assert summary(log_of()) == ["No requests came."]


def test_the_summary_says_what_was_asked_for_and_what_was_not():
    served = [("a.yaml", number) for number in (0, 1, 2, 4, 5, 6, 8)] + [("b.yaml", 0), ("b.yaml", 1), ("c.yaml", 3)]
    log = log_of(
        SENT,
        SENT,
        replace(SHORT, ending="left by the client"),
        MISSED,
        MISSED,
        replace(SENT, cassette="c.yaml", interaction=3),
        served=served,
    )
    assert summary(log) == [
        "6 requests in 5.00 s: 3 complete, 2 not answered and 1 left by the client.",
        "Asked for:",
        "  a.yaml, interaction 2: 2 complete and 1 left by the client",
        "  c.yaml, interaction 3: 1 complete",
        "Never asked for:",
        "  a.yaml, interactions 0, 1, 4 to 6 and 8",
        "  b.yaml",
        "Not answered:",
        "  POST /v1/messages 2 times: not recorded",
    ]


REFUSED = replace(
    SENT, took_s=0.0, status=429, times="", fault="status=429", is_spoiled=True, retry_after_s=2, retry_count=0
)


def test_the_summary_says_what_clients_did_after_faults():
    cut = replace(SHORT, ending="cut", fault="cut-at-event=10", is_spoiled=True, key="cut")
    begin_s = SENT.started_s
    log = log_of(
        REFUSED,
        replace(REFUSED, started_s=begin_s + 2.05, retry_count=1),
        replace(SENT, started_s=begin_s + 4.5, retry_count=2),
        cut,
        cut,
        replace(SENT, key="cut", started_s=begin_s + 1.3),
        replace(SENT, fault="slow=2", key="slow"),
        replace(REFUSED, fault="status=503", key="hasty", retry_count=None),
        replace(SENT, key="hasty", started_s=begin_s + 0.5),
    )
    faults = summary(log)[summary(log).index("Faults:") + 1 :]
    assert faults == [
        "  status=429: 2 answers, 2 refused by a fault. The client retried 2.05 s to 2.45 s later, asked to wait 2.00 s (2 of 2).",
        "  cut-at-event=10: 2 answers, 2 cut. An equal request came 1.00 s later (1 of 2). The client did not ask again: it failed, or took the cut answer for whole (1 of 2).",
        "  slow=2: 1 answer, 1 complete.",
        "  status=503: 1 answer, 1 refused by a fault. An equal request came 0.500 s later, asked to wait 2.00 s. 1 equal request came before Retry-After was over.",
    ]


def test_the_summary_says_which_faults_no_answer_had():
    log = log_of(replace(SENT, fault="slow=2; split=7"))
    log.faults = ["slow=2", "cut-at-event=500", "split=7"]
    assert summary(log)[-2:] == ["  slow=2; split=7: 1 answer, 1 complete.", "  cut-at-event=500: no answer had it."]


def test_the_summary_as_json_has_the_same_counts():
    log = log_of(SENT, REFUSED, MISSED, served=[("a.yaml", 2), ("b.yaml", 0)])
    made = to_json(log)
    assert made["requests"] == 3
    assert made["asked_for"] == [
        {"recording": "a.yaml", "interaction": 2, "results": {"complete": 1, "refused by a fault": 1}}
    ]
    assert made["never_asked_for"] == [{"recording": "b.yaml", "interaction": 0}]
    assert made["not_answered"] == [{"method": "POST", "path": "/v1/messages", "why": "not recorded", "requests": 1}]
    (fault,) = made["faults"]
    assert (fault["fault"], fault["answers"], fault["did_not_ask_again"], fault["again_s"]) == (
        "status=429",
        1,
        1,
        None,
    )


def test_days_of_requests_are_counted_but_not_kept():
    log = SessionLog()
    for number in range(3000):
        log.add(replace(MISSED, number=number, path=f"/{number}"))
    assert log.requests == log.unanswered.total() == 3000
    assert len(log.last) == 1000
    assert len(log.unanswered) == 201
    lines = summary(log)
    assert len(lines) < 30
    assert "  2,800 requests of other kinds" in lines
    assert lines[-1] == "  and 181 more"
