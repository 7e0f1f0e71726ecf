"""The whole of what a report says of the cassettes of a test."""

import pytest
import vcr

from tests.support.chats import MATCH_ON, RECORDED_KEY, answer_body, ask, interaction, write_chats
from viewer.testing.section import MAX_LINES, section
from viewer.types.problems import CassetteError


def use(path, *questions, **options):
    with vcr.use_cassette(str(path), record_mode="none", match_on=MATCH_ON, **options):
        for question in questions:
            ask(question)


def test_the_calls_of_a_cassette_are_told_and_which_were_not_used(chats, told):
    use(chats, "And in Oslo?")
    assert told() == [
        "cassettes/chats.yaml (vcrpy): 3 interactions; not used: interactions 0 and 2",
        "  0  gpt-4o-mini: “Is it warm in Lima?” → Wrote about 4 tokens.",
        "  1  gpt-4o-mini: “And in Oslo?” → Wrote about 4 tokens.",
        "  2  gpt-4o-mini: “And in Rome?” → Wrote about 4 tokens.",
    ]


def test_a_cassette_that_was_opened_twice_counts_as_one(chats, told):
    use(chats, "And in Oslo?")
    use(chats, "And in Rome?")
    assert told()[0] == "cassettes/chats.yaml (vcrpy): 3 interactions; not used: interaction 0"


def test_a_cassette_that_was_used_as_a_whole_has_nothing_unused(chats, told):
    use(chats, "Is it warm in Lima?", "And in Oslo?", "And in Rome?")
    assert told()[0] == "cassettes/chats.yaml (vcrpy): 3 interactions"


def test_problems_are_told(tmp_path, told):
    path = tmp_path / "cut.yaml"
    chat = interaction("And in Oslo?", answer_body("It ", "is ", "cold.").partition("data: [DONE]")[0][:-90])
    path.write_text(vcr.serializers.yamlserializer.serialize({"version": 1, "interactions": [chat]}))
    use(path, "And in Oslo?")
    assert "The stream breaks off" in told()[1]
    assert told()[2].startswith("  warning in interaction 0: ")


def test_what_does_not_fit_in_30_lines_is_counted_and_the_used_calls_come_first(tmp_path, told):
    path = write_chats(tmp_path / "long.yaml", *(f"And in city {number}?" for number in range(100)))
    use(path, "And in city 98?")
    lines = told()
    assert len(lines) == MAX_LINES
    assert lines[0] == "long.yaml (vcrpy): 100 interactions; not used: interactions 0 to 97 and 99"
    assert lines[-2].startswith(" 98  gpt-4o-mini: “And in city 98?”")
    assert lines[-1] == "  and 72 more interactions"


def test_many_cassettes_share_the_lines(tmp_path, told):
    for number in range(12):
        path = write_chats(tmp_path / f"{number:02}.yaml", *(f"City {city}?" for city in range(20)))
        use(path, "City 3?")
    lines = told()
    assert len(lines) == MAX_LINES
    assert sum("(vcrpy)" in line for line in lines) == 5
    assert all(any(line.startswith("  3  ") for line in lines[place:]) for place in (0, 20))
    assert lines[-1] == "and 7 more cassettes"


def test_secrets_and_control_characters_of_a_recording_are_not_shown(tmp_path, told):
    text = f"Is \x1b[31m{RECORDED_KEY}\u202e my key?"
    path = write_chats(tmp_path / "k.yaml", text)
    use(path, text)
    assert told()[1] == f"  0  gpt-4o-mini: “Is ␛[31m{'•' * 51}…” → Wrote about 4 tokens."


def test_a_secret_in_a_path_is_not_shown(tmp_path, told):
    use(write_chats(tmp_path / f"{RECORDED_KEY}.yaml", "And in Oslo?"))
    assert told()[0] == f"{'•' * len(RECORDED_KEY)}.yaml (vcrpy): 1 interaction; not used: interaction 0"


def test_what_was_recorded_in_the_run_and_written_already_is_no_unused_interaction(chats, told):
    with vcr.use_cassette(str(chats), record_mode="new_episodes") as cassette:
        request = vcr.request.Request("GET", "https://example.com/", None, {})
        cassette.append(request, {"status": {"code": 204, "message": ""}, "headers": {}, "body": {"string": b""}})
    assert told()[0] == (
        "cassettes/chats.yaml (vcrpy): 4 interactions; not used: interactions 0 to 2; 1 recorded in this run"
    )
    assert told()[4] == "  3  GET https://example.com/ → 204, 0 B"


def test_a_file_that_is_not_a_recording_is_named(tmp_path, watch, told):
    path = tmp_path / "broken.yaml"
    path.write_text("interactions: {")
    cassette = vcr.cassette.Cassette(str(path))
    watch.look_in([cassette], None)
    assert told()[0].startswith("broken.yaml (vcrpy): not readable as YAML")


def test_requests_that_a_configuration_leaves_out_make_numbers_uncertain(chats, told):
    def no_lima(request):
        return None if b"Lima" in request.body else request

    with pytest.raises(Exception, match="Can't play back"):
        use(chats, "And in Bergen?", before_record_request=no_lima)
    assert "The nearest is loaded request 0" in told()[1]
    assert told()[3] == "cassettes/chats.yaml (vcrpy): 3 interactions"


def test_a_secret_that_would_be_left_refuses_the_whole_section(chats, watch, tmp_path, monkeypatch):
    use(chats, "And in Oslo?")
    monkeypatch.setattr("viewer.testing.section.story_lines", lambda *_: [f"key {RECORDED_KEY}"])
    monkeypatch.setattr("viewer.testing.secrets.redact_text", lambda text, *_, **__: text)
    with pytest.raises(CassetteError, match="is left"):
        section(watch.uses, str(tmp_path))
