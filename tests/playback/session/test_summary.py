from dataclasses import replace

from tests.support.session_records import MISSED, SENT, SHORT
from viewer.playback.session.log import SessionLog
from viewer.playback.session.summary import summary, to_json
from viewer.types.http import Request


def log_of(*records, served=(("a.yaml", 2),)):
    log = SessionLog(served)
    for number, record in enumerate(records, 1):
        log.add(replace(record, number=number), Request())
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
