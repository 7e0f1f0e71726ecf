"""Which cassettes a test uses, however it came by them."""

import sys

import vcr

from tests.support.chats import MATCH_ON, ask
from viewer.testing import watching
from viewer.testing.watching import Watch


def test_a_recorder_is_not_imported_to_be_watched(monkeypatch):
    for name in ("vcr.cassette", "cassetter.cassette"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    watch = Watch()
    watch.look()
    assert not {"vcr.cassette", "cassetter.cassette"} & sys.modules.keys()


def test_a_cassette_that_was_open_before_is_found_among_fixtures(chats):
    with vcr.use_cassette(str(chats), record_mode="none", match_on=MATCH_ON) as cassette:
        watch = Watch()
        watch.look_in([None, "text", cassette, cassette], None)
    uses = watch.uses
    watch.stop()
    assert [one.cassette for one in uses.opened] == [cassette]


def test_a_refusal_from_before_is_found_in_the_error(chats):
    try:
        with vcr.use_cassette(str(chats), record_mode="none", match_on=MATCH_ON):
            ask("And in Bergen?")
    except vcr.errors.CannotOverwriteExistingCassetteException as error:
        refusal = error
    watch = Watch()
    for _ in range(2):
        watch.look_in([], refusal)
    uses = watch.uses
    watch.stop()
    assert [one.request for one in uses.refusals] == [refusal.failed_request]


def test_each_test_begins_with_nothing(chats, watch):
    vcr.cassette.Cassette.load(path=str(chats))
    assert watch.uses.opened
    watch.begin()
    assert not watch.uses.opened


class Fixture:
    def __init__(self, argname):
        self.argname = argname


def test_what_a_fixture_opened_for_several_tests_is_used_by_those_that_name_it_until_it_ends(chats, watch):
    fixture = Fixture("chat")
    vcr.cassette.Cassette.load(path=str(chats))
    watch.share(fixture, watch.uses.opened)
    watch.begin(["tmp_path", "chat"])
    assert len(watch.uses.opened) == 1
    watch.begin(["tmp_path"])
    assert not watch.uses.opened
    watch.unshare(Fixture("chat"))
    watch.begin(["chat"])
    assert len(watch.uses.opened) == 1
    watch.unshare(fixture)
    watch.begin(["chat"])
    assert not watch.uses.opened


def test_two_runs_in_one_process_note_for_themselves(chats, watch):
    inner = Watch()
    inner.look()
    vcr.cassette.Cassette.load(path=str(chats))
    inner.stop()
    vcr.cassette.Cassette.load(path=str(chats))
    assert (len(watch.uses.opened), len(inner.uses.opened)) == (2, 0)


def test_a_client_that_asks_without_end_keeps_few_requests(chats, watch):
    cassette = vcr.cassette.Cassette.load(path=str(chats))
    (opened,) = watch.uses.opened
    for _ in range(1000):
        watch.refused(opened.recorder, cassette, object())
    assert len(watch.uses.refusals) == 100


def test_a_recorder_of_an_unknown_version_is_a_fault_and_no_error(monkeypatch):
    monkeypatch.setitem(sys.modules, "vcr.cassette", sys.modules[__name__])
    watch = Watch()
    watch.look()
    watch.stop()
    assert isinstance(watch.fault, AttributeError | KeyError | TypeError)


def test_a_fault_while_noting_does_not_reach_the_test(chats, watch, monkeypatch):
    monkeypatch.setattr(watching.os, "getcwd", lambda: 1 / 0)
    vcr.cassette.Cassette.load(path=str(chats))
    assert isinstance(watch.fault, ZeroDivisionError)
    watch.fault = None
