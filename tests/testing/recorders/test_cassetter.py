"""Cassettes of cassetter itself."""

import cassetter
import httpx2
import pytest

from tests.support.chats import ASKED_KEY, URL, request_body
from tests.support.watched import watched_test
from viewer.testing.recorders import cassetter as reader
from viewer.testing.section import section, used_cassettes

MATCH_ON = ["method", "uri", "json_body"]


@pytest.fixture
def watch():
    with watched_test() as watch:
        yield watch


def ask(question):
    return httpx2.post(URL, content=request_body(question), headers={"authorization": f"Bearer {ASKED_KEY}"}).text


def test_what_was_used_and_the_nearest_request_are_told(chats, watch, tmp_path):
    with cassetter.use_cassette(chats, record_mode="none", match_on=MATCH_ON):
        assert "warm" in ask("And in Oslo?")
        with pytest.raises(cassetter.NoMatchError):
            ask("And in Bergen?")
    assert section(watch.uses, str(tmp_path)).lines[:4] == [
        "Not answered by cassetter: POST /v1/chat/completions",
        "  The nearest is interaction 1. cassetter compares method, uri and json_body.",
        "  Message 1 (user) differs: “And in Bergen?”, recorded is “And in Oslo?”.",
        "cassettes/chats.yaml (cassetter): 3 interactions; not used: interactions 0 and 2",
    ]


def test_what_is_recorded_in_the_run_is_no_miss_and_not_unused(chats, watch):
    with cassetter.use_cassette(chats, record_mode="new_episodes", match_on=MATCH_ON) as cassette:
        with pytest.raises(cassetter.NoMatchError):
            cassette.match("POST", URL, {}, request_body("And in Bergen?").encode())
        cassette.record("POST", URL, {}, b"{}", 200, {}, b"{}")
    (used,) = used_cassettes(watch.uses).values()
    assert watch.uses.refusals == []
    assert (used.used, used.recorded_count) == ((False, False, False), 1)


def test_a_cassette_that_cannot_be_read_is_told(tmp_path, watch):
    path = tmp_path / "broken.yaml"
    path.write_text("interactions: {")
    with pytest.raises(cassetter.CassetteLoadError), cassetter.use_cassette(path, record_mode="none"):
        pass
    assert section(watch.uses, str(tmp_path)).lines[0].startswith("broken.yaml (cassetter): not readable as YAML")


def test_only_its_cassettes_are_its_own(tmp_path):
    assert reader.is_cassette(cassetter.Cassette(tmp_path / "a.yaml"))
    assert not reader.is_cassette("a.yaml")


def test_the_recorder_is_left_as_it_was(watch):
    watched = cassetter.Cassette.load, cassetter.Cassette.match
    watch.stop()
    assert all(
        before is not after
        for before, after in zip(watched, (cassetter.Cassette.load, cassetter.Cassette.match), strict=True)
    )
    assert cassetter.Cassette.load.__module__ == cassetter.Cassette.match.__module__ == "cassetter.cassette"
