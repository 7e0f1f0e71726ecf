"""Cassettes of VCR.py itself."""

import contextlib
import io
import os

import pytest
import vcr
from vcr.errors import CannotOverwriteExistingCassetteException as Refused

from tests.support.chats import MATCH_ON, URL, ask, write_chats
from viewer.testing.recorders import vcrpy as reader
from viewer.testing.section import used_cassettes


def used_in(watch):
    (used,) = used_cassettes(watch.uses).values()
    return used


def test_a_decorated_function_uses_its_cassette(chats, watch):
    @vcr.use_cassette(str(chats), record_mode="none", match_on=MATCH_ON)
    def run():
        ask("And in Rome?")

    run()
    assert used_in(watch).used == (False, False, True)
    assert used_in(watch).matchers == ("method", "uri", "body")


def test_a_relative_path_counts_from_where_it_was_opened(chats, watch, monkeypatch):
    monkeypatch.chdir(chats.parent)
    with vcr.use_cassette("../cassettes/chats.yaml", record_mode="none"):
        monkeypatch.chdir("/")
    assert used_in(watch).paths == (os.fspath(chats),)


def test_what_is_recorded_in_the_run_is_counted_and_not_unused(chats, watch):
    with vcr.use_cassette(str(chats), record_mode="new_episodes") as cassette:
        request = vcr.request.Request("GET", URL, None, {})
        cassette.append(request, {"status": {"code": 200, "message": ""}, "headers": {}, "body": {"string": b""}})
    assert (used_in(watch).used, used_in(watch).recorded_count) == ((False, False, False), 1)


def test_a_refusal_is_noted_even_if_the_program_swallows_it(chats, watch):
    with vcr.use_cassette(str(chats), record_mode="none", match_on=MATCH_ON), contextlib.suppress(Refused):
        ask("And in Bergen?")
    assert len(watch.uses.refusals) == 1


def refused(cassette, question):
    with pytest.raises(Refused) as error, vcr.use_cassette(str(cassette), record_mode="none", match_on=MATCH_ON):
        ask(question)
    return error.value


def test_a_refusal_is_found_among_the_causes_of_an_error(chats):
    refusal = refused(chats, "And in Bergen?")
    outer = ExceptionGroup("several", [KeyError("other"), RuntimeError("wrapped")])
    outer.exceptions[1].__cause__ = refusal
    refusal.__context__ = outer
    assert list(reader.refused_in(outer)) == [(refusal.cassette, refusal.failed_request)]


def test_an_upload_from_a_file_is_read_without_using_it_up(chats):
    request = vcr.request.Request("POST", URL, io.BytesIO(b"uploaded"), {"x-list": ["a", "b"]})
    cassette = vcr.cassette.Cassette.load(path=str(chats))
    for _ in range(2):
        assert reader.read_request(cassette, request).body == b"uploaded"


def test_the_recorder_is_left_as_it_was(chats, watch):
    watch.stop()
    with vcr.use_cassette(str(chats), record_mode="none"):
        pass
    assert watch.uses.opened == []
    assert vcr.cassette.Cassette.load.__func__.__module__ == "vcr.cassette"
    assert Refused.__init__.__module__ == "vcr.errors"


@pytest.mark.usefixtures("watch")
def test_errors_and_results_of_the_recorder_stay_as_they_are(chats, tmp_path):
    assert vcr.cassette.Cassette.load.__doc__
    assert refused(chats, "And in Bergen?").reason == "no_match"
    assert refused(tmp_path / "none.yaml", "And in Bergen?").reason == "cassette_not_found"
    with pytest.raises(TypeError, match="path"):
        vcr.cassette.Cassette.load()
    write_chats(tmp_path / "one.yaml", "And in Rome?")
    with vcr.use_cassette(str(tmp_path / "one.yaml")) as cassette:
        assert "warm" in ask("And in Rome?")
        assert cassette.all_played
