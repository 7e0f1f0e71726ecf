"""What is said of requests that VCR.py refuses."""

import pytest
import vcr
from vcr.errors import CannotOverwriteExistingCassetteException as Refused

from tests.support.chats import ASKED_KEY, MATCH_ON, URL, ask


def refuse(cassette, *questions, options=None, **more):
    with vcr.use_cassette(str(cassette), record_mode="none", match_on=MATCH_ON, **(options or {})):
        for question in questions:
            with pytest.raises(Refused):
                ask(question, **more)


def test_the_nearest_request_and_what_differs_are_told(chats, told):
    refuse(chats, "And in Bergen?")
    assert told()[:3] == [
        "Not answered by vcrpy: POST /v1/chat/completions",
        "  The nearest is interaction 1, which vcrpy refuses by its matcher body.",
        "  Message 1 (user) differs: “And in Bergen?”, recorded is “And in Oslo?”.",
    ]


def test_a_request_whose_answer_was_used_already_is_told(chats, told):
    with vcr.use_cassette(str(chats), record_mode="none", match_on=MATCH_ON):
        ask("And in Oslo?")
        with pytest.raises(Refused):
            ask("And in Oslo?")
    assert told()[1] == (
        "  The nearest is interaction 1, the same request, but its answer was used already (allow_playback_repeats is off)."
    )


def test_a_request_that_only_the_recorder_takes_for_the_same_is_told(chats, told):
    # By default VCR.py does not compare bodies.
    with vcr.use_cassette(str(chats), record_mode="none"):
        for _ in range(3):
            ask("And in Bergen?")
        with pytest.raises(Refused):
            ask("And in Bergen?")
    assert "interaction 1, the same to vcrpy, but its answer was used already" in told()[1]
    assert "“And in Bergen?”" in told()[2]


def test_settings_that_differ_are_told(chats, told):
    refuse(chats, "And in Rome?", temperature=0.3)
    assert told()[1:3] == [
        "  The nearest is interaction 2, which vcrpy refuses by its matcher body.",
        "  temperature is 0.3, the recording has none.",
    ]


def test_another_host_is_told(chats, told):
    refuse(chats, "And in Rome?", url=URL.replace("api.openai.com", "eu.example.com"))
    assert told()[1:3] == [
        "  The nearest is interaction 2, which vcrpy refuses by its matcher uri.",
        "  The host is https://eu.example.com, recorded is https://api.openai.com.",
    ]


def test_equal_requests_count_as_one(chats, told):
    refuse(chats, *["And in Bergen?"] * 4)
    assert told()[0] == "Not answered by vcrpy: POST /v1/chat/completions, 4 times"


def test_many_refused_requests_are_counted(chats, told):
    refuse(chats, *(f"And in city {number}?" for number in range(9)))
    lines = told()
    assert sum(line.startswith("Not answered") for line in lines) == 2
    assert "7 more requests were not answered." in lines


def test_a_cassette_that_does_not_exist_has_no_nearest(tmp_path, told):
    refuse(tmp_path / "missing.yaml", "And in Rome?")
    assert told() == [
        "Not answered by vcrpy: POST /v1/chat/completions",
        "  No request is recorded in the cassette.",
        "missing.yaml (vcrpy): does not exist",
    ]


def test_secrets_of_a_request_are_not_shown_even_if_a_text_is_cut_within_one(chats, told):
    refuse(chats, f"My key is {ASKED_KEY}", "And in Rome?", metadata={"note": f"{'x' * 176} {ASKED_KEY}"})
    text = "\n".join(told())
    assert "metadata is" in text
    assert "My key is •••" in text
    assert "sk-" not in text


def test_a_key_in_a_header_is_removed_where_nothing_tells_that_it_is_one(chats, told):
    plain = "MyOwnServersPassphrase77"
    refuse(chats, f"Say {plain}", key=plain)
    assert plain not in "\n".join(told())


def test_a_request_is_compared_as_the_cassette_filters_it(chats, told):
    def hide(request):
        request.body = request.body.replace(b"Bergen", b"a town")
        return request

    refuse(chats, "And in Bergen?", options={"before_record_request": hide})
    assert "“And in a town?”" in told()[2]
