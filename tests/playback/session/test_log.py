from dataclasses import replace

from tests.support.session_records import MISSED
from viewer.playback.session.log import SessionLog
from viewer.playback.session.summary import summary
from viewer.types.http import Request


def test_days_of_requests_are_counted_but_not_kept():
    log = SessionLog()
    for number in range(3000):
        log.add(replace(MISSED, number=number, path=f"/{number}"), Request())
    assert log.requests == log.unanswered.total() == 3000
    assert len(log.last) == 1000
    assert len(log.unanswered) == 201
    lines = summary(log)
    assert len(lines) < 30
    assert "  2,800 requests of other kinds" in lines
    assert lines[-1] == "  and 181 more"
