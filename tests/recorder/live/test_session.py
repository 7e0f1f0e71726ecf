import asyncio

import pytest

from tests.support.recorder_exchanges import EVENTS, exchange, sse
from viewer.recorder.live.feed import News
from viewer.recorder.live.session import MAX_CORE_SHARE, MAX_INTERVAL_S, LiveExchange, LiveSession
from viewer.recorder.live.state import View, read_unread, state_of


def begun(number):
    one = exchange([])
    one.number = number
    return News(number, one, b"", (), None)


def came(number, body, at_s=0.5, ended=None):
    return News(number, None, body, ((len(body), at_s),), ended)


@pytest.fixture
def session():
    return LiveSession()


def test_it_shows_the_newest_that_runs_until_one_is_chosen(session):
    assert View().after(session).shown is None
    session.add([begun(0), begun(1), begun(2)])
    view = View().after(session)
    assert view.shown == 2
    session.add([came(2, b"", ended="")])
    view = view.after(session)
    assert view.shown == 1
    session.add([came(0, b"", ended=""), came(1, b"", ended="")])
    # If none runs, what is shown stays.
    assert view.after(session).shown == 1
    # One that has ended before it was seen is shown all the same.
    session.add([begun(3), came(3, b"", ended="")])
    assert view.after(session).shown == 3
    # A page that comes later begins with the newest.
    assert View().after(session).shown == 3
    session.add([begun(4)])
    assert View(chosen=0).after(session).shown == 0
    # One that is no longer kept cannot be shown.
    assert View(chosen=9, shown=9, newest=9).after(session).shown == 4


def test_the_list_has_what_is_known_of_each_exchange(session):
    session.add([begun(0), begun(1)])
    while read_unread(session):
        pass
    session.add([came(0, b"".join(sse(EVENTS)), at_s=2.5, ended="")])
    while read_unread(session):
        pass
    ended, running = state_of(session, None)["exchanges"].values()
    assert (ended["method"], ended["path"], ended["host"]) == ("POST", "/v1/chat/completions", "api.example")
    assert (ended["status"], ended["model"], ended["counts"]) == ("200", "gpt-4o-mini", "5 chunks · 84 in · 3 out")
    assert (ended["isRunning"], ended["seconds"], ended["hasFailed"]) == (False, 2.5, False)
    assert (running["model"], running["isRunning"], running["seconds"]) == ("asked-model", True, None)


def test_what_runs_when_the_recorder_ends_has_ended_too(session):
    session.add([begun(0)])
    session.end()
    state = state_of(session, 0)
    assert (state["isOver"], state["isRunning"]) == (True, False)
    assert state["exchanges"]["0"]["trouble"] == "the recorder ended first"


def test_the_oldest_that_have_ended_are_forgotten_and_what_runs_is_kept():
    session = LiveSession(max_exchanges=3, max_bytes=1 << 20)
    session.add([begun(number) for number in range(5)])
    assert len(session.exchanges) == 5
    session.add([came(number, b"x", ended="") for number in (1, 2, 3, 4)])
    assert sorted(session.exchanges) == [0, 3, 4]
    session.add([came(0, b"x" * (2 << 20))])
    assert sorted(session.exchanges) == [0, 4]
    # What still comes of one that is forgotten changes nothing.
    session.add([came(1, b"late")])
    assert sorted(session.exchanges) == [0, 4]


def test_a_stream_is_read_again_only_after_a_multiple_of_what_reading_it_takes(monkeypatch):
    now, spent, cost_s = [100.0], [0.0], [0.005]
    monkeypatch.setattr("viewer.recorder.live.session.time.thread_time", lambda: spent[0])

    def read(*_, **__):
        spent[0] += cost_s[0]
        return object()

    monkeypatch.setattr("viewer.recorder.live.session.read_exchange", read)
    live = LiveExchange(exchange([]), lambda: now[0])

    def read_more():
        now[0] += MAX_INTERVAL_S
        live.exchange.body += b"more"
        return live.reading()

    for _ in range(3):
        before = read_more()
    assert live.wait_s == pytest.approx(0.005 / MAX_CORE_SHARE)
    live.exchange.body += b"more"
    assert (live.reading(), live.is_read) == (before, False)
    now[0] += 0.005 / MAX_CORE_SHARE
    after = live.reading()
    assert after is not before
    assert live.reading() is after
    # A single reading that took long, for whatever reason, does not hold up the next ones.
    cost_s[0] = 0.4
    read_more()
    assert live.wait_s == pytest.approx(0.005 / MAX_CORE_SHARE)
    # The end is shown without delay.
    live.is_running = False
    assert live.reading() is not after


def test_it_wakes_who_waits_for_a_change(session):
    async def wait():
        version = session.version
        waiting = asyncio.create_task(session.wait_for_change(version, 5))
        await asyncio.sleep(0)
        session.add([begun(0)])
        assert await waiting
        assert await session.wait_for_change(version, 5)
        assert not await session.wait_for_change(session.version, 0.01)

    asyncio.run(wait())
