import re
from dataclasses import replace

import pytest

from tests.support.session_records import MISSED, SENT, SHORT
from viewer.playback.session.record import line


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
