"""Which interactions can be served, and what is served of them."""

import pytest

import viewer
from tests.conftest import SAMPLES
from tests.support.recorded_exchanges import cassette_of, events, exchange, recorded_with
from viewer.playback.playable import playables_of, refuse_unplayable
from viewer.redaction.cassette import Redaction
from viewer.types.http import Headers, Interaction, Request, Response
from viewer.types.problems import CassetteError, Problem

KEY = "sk-proj-abcdefghij0123456789ABCDEFGHIJ"


def test_secrets_in_responses_are_not_served_unless_it_is_asked_for():
    cassette = cassette_of(exchange(events(f"key {KEY[:20]}", KEY[20:])))
    (redacted,) = playables_of(cassette, Redaction())
    (as_recorded,) = playables_of(cassette, None)
    assert KEY[:20].encode() not in redacted.body
    assert as_recorded.body == cassette.interactions[0].response.body
    assert redacted.schedule.ends[-1] == len(redacted.body)
    # What is compared with the client's request stays as recorded.
    assert redacted.request == cassette.interactions[0].request


def test_a_body_that_is_gone_is_not_served_as_an_empty_one():
    lost = Problem("warning", "The response body is in a file of its own, which is missing: b.json.", interaction=0)
    (playable,) = playables_of(cassette_of(exchange([]), problems=[lost]), None)
    assert "which is missing: b.json" in playable.trouble
    with pytest.raises(CassetteError, match=r"made\.yaml, interaction 0: cannot be served: .*b.json"):
        refuse_unplayable([playable])


def test_an_answer_without_a_body_is_served():
    (playable,) = playables_of(cassette_of(exchange([], status=204)), None)
    assert (playable.trouble, playable.status) == ("", 204)
    refuse_unplayable([playable])


def test_a_request_without_a_response_cannot_be_served():
    alone = Interaction(Request("POST", "https://x/v1"), Response(headers=Headers()))
    (playable,) = playables_of(cassette_of(alone), None)
    assert playable.trouble == "The recording holds no response."


def test_the_lines_of_a_session_are_not_served_as_the_answers_of_a_provider():
    played = list(playables_of(viewer.load(SAMPLES / "rain-gauge_claude-code.jsonl"), None))
    with pytest.raises(CassetteError, match="the lines of Claude Code, not what the provider sent"):
        refuse_unplayable(played)


def test_nothing_at_all_cannot_be_served():
    with pytest.raises(CassetteError, match="no interactions"):
        refuse_unplayable([])


@pytest.mark.parametrize("status", [-1, 99, 100, 103, 600, 999, 1000])
def test_a_status_that_no_answer_has_is_told(status):
    (one,) = playables_of(recorded_with(status), None)
    assert one.trouble == f"The status {status} is not that of an answer."


@pytest.mark.parametrize("status", [204, 304])
def test_a_status_without_a_body_is_served_without_the_recorded_one(status):
    (one,) = playables_of(recorded_with(status), None)
    assert (one.status, one.body, one.schedule.ends, one.trouble) == (status, b"", (), "")
