import threading
import time

import pytest

from viewer.recorder.exchange import Exchange
from viewer.recorder.live.feed import LiveFeed


def exchange(number=0):
    return Exchange("POST", "https://api.example/v1", [], b"asked", 1.7e9, 200, number=number)


def add_block(one, block, at_s):
    one.body += block
    one.blocks.append((len(one.body), at_s))


@pytest.fixture
def sent():
    return []


def wait_for(condition):
    deadline = time.monotonic() + 5
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.005)
    assert condition()


def test_it_sends_what_has_come_since_and_the_request_once(sent):
    feed = LiveFeed(sent.append)
    one = exchange()
    feed.began(one)
    wait_for(lambda: sent)
    add_block(one, b"first", 0.1)
    feed.grew(one)
    wait_for(lambda: len(sent) == 2)
    add_block(one, b"second", 0.2)
    one.trouble = "the client hung up"
    feed.grew(one)
    feed.ended(one)
    wait_for(lambda: len(sent) == 3)
    feed.close(5)
    begun, grown, ended = (news for [news] in sent)
    assert begun.begun == exchange()
    assert (begun.body, begun.ended) == (b"", None)
    assert (grown.begun, grown.body, grown.blocks, grown.ended) == (None, b"first", ((5, 0.1),), None)
    assert (ended.body, ended.blocks, ended.ended) == (b"second", ((11, 0.2),), "the client hung up")


def test_what_comes_while_nobody_reads_is_sent_at_once_when_somebody_does(sent):
    free = threading.Event()

    def send(news):
        sent.append(news)
        free.wait(5)

    feed = LiveFeed(send, batch_s=0)
    many = [exchange(number) for number in range(3)]
    feed.began(many[0])
    wait_for(lambda: sent)
    begin = time.perf_counter()
    for place in range(2000):
        one = many[place % 3]
        add_block(one, b"x" * 100, place / 1000)
        feed.grew(one)
    # Nothing waits for the reader.
    assert time.perf_counter() - begin < 0.5
    for one in many:
        feed.ended(one)
    free.set()
    feed.close(5)
    assert len(sent) == 2
    assert [(news.number, len(news.body), len(news.blocks), news.ended) for news in sent[1]] == [
        (0, 66_700, 667, ""),
        (1, 66_700, 667, ""),
        (2, 66_600, 666, ""),
    ]


def test_when_nobody_listens_any_more_the_recorder_goes_on_and_no_exchange_is_kept():
    def send(_news):
        raise BrokenPipeError

    feed = LiveFeed(send, batch_s=0)
    for number in range(5):
        feed.began(exchange(number))
        time.sleep(0.01)
    wait_for(lambda: not feed._thread.is_alive())
    feed.grew(exchange(9))
    feed.ended(exchange(9))
    assert feed._changed == {}
