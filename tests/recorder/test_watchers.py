"""Watchers are told of exchanges while they run, and can disturb neither the client nor the recording."""

import itertools

import httpx2
import pytest
from starlette.testclient import TestClient

import viewer
from tests.support import planted
from viewer.recorder.proxy import recorder_app

SECRET = planted.secrets_of("openai-key")[0]


class Noting:
    """Notes what it is told, with what is known of the exchange at that moment."""

    def __init__(self):
        self.told = []

    def began(self, exchange):
        self.told.append(("began", exchange.number, exchange.status, bytes(exchange.body)))

    def grew(self, exchange):
        self.told.append(("grew", exchange.number, exchange.blocks[-1], bytes(exchange.body)))

    def ended(self, exchange):
        self.told.append(("ended", exchange.number, exchange.trouble, bytes(exchange.body)))


class Failing(Noting):
    def __init__(self, step):
        super().__init__()
        self.step = step

    def __getattribute__(self, name):
        if name == object.__getattribute__(self, "step"):
            raise ZeroDivisionError(SECRET)
        return object.__getattribute__(self, name)


def exchanges(folder, watchers, count=1, lines=None):
    async def blocks():
        yield b"so "
        yield b"it is"

    transport = httpx2.MockTransport(lambda _: httpx2.Response(200, content=blocks()))
    log = [].append if lines is None else lines.append
    clock = itertools.count(0.0, 0.25).__next__
    app = recorder_app(
        "https://api.example", folder, log=log, watchers=watchers, keep=False, transport=transport, clock=clock
    )
    with TestClient(app) as client:
        return [client.get("/a").content for _ in range(count)]


def test_a_watcher_is_told_of_each_block_with_its_time_and_of_the_end(tmp_path):
    watcher = Noting()
    exchanges(tmp_path, [watcher])
    assert watcher.told == [
        ("began", 0, 200, b""),
        ("grew", 0, (3, 0.5), b"so "),
        ("grew", 0, (8, 0.75), b"so it is"),
        ("ended", 0, "", b"so it is"),
    ]


def test_exchanges_are_numbered_in_order(tmp_path):
    watcher = Noting()
    exchanges(tmp_path, [watcher], count=3)
    assert [number for step, number, *_ in watcher.told if step == "ended"] == [0, 1, 2]


@pytest.mark.parametrize("step", ["began", "grew", "ended"])
def test_a_watcher_that_fails_is_told_of_nothing_more_and_disturbs_nobody(tmp_path, step):
    failing, other, lines = Failing(step), Noting(), []
    assert exchanges(tmp_path, [failing, other], count=2, lines=lines) == [b"so it is", b"so it is"]
    assert [told[0] for told in other.told] == ["began", "grew", "grew", "ended"] * 2
    assert len(failing.told) == ["began", "grew", "ended"].index(step) + (step == "ended")
    assert lines.count("Failing failed and is told of nothing more (ZeroDivisionError)") == 1
    assert SECRET not in "".join(lines)
    assert [viewer.load(file).interactions[0].response.body for file in tmp_path.iterdir()] == [b"so it is"] * 2
