"""What the tools of a session returned, beneath the calls that asked for them."""

from tests.support.agent_sessions import SESSION, SUBAGENT, answer, call, load, returned, text, user
from viewer.conversation.brought_results import brought_results


def test_the_results_of_a_session_come_with_the_next_request_of_the_same_agent():
    cassette = load(*SESSION)
    found = [
        (one.interaction, one.text, one.is_error)
        for stream in cassette.streams
        for one in brought_results(cassette, stream)
    ]
    assert found[:3] == [
        (1, "1 failed\nAssertionError: wet != dry", False),
        (4, "It is set in src/weather.py.", False),
        (3, "src/weather.py:12: rain = True", False),
    ]
    assert found[3] == (5, "The user doesn't want to proceed", True)


def test_a_subagent_s_result_is_found_after_a_hundred_calls_of_its_own():
    lines = [
        user(1, "Go"),
        answer(2, "m1", call("t1", "Task", prompt="Look", description="Look", subagent_type="Explore")),
    ]
    lines.append(user(3, "Look", **SUBAGENT))
    for place in range(100):
        lines.append(answer(4 + place, f"s{place}", call(f"g{place}", "Grep"), **SUBAGENT))
        lines.append(user(4.5 + place, returned(f"g{place}", "nothing"), **SUBAGENT))
    lines.append(user(200, returned("t1", "It is in src."), toolUseResult={"agentId": "agent-1"}))
    lines.append(answer(201, "m2", text("Found.")))
    cassette = load(*lines)
    [result] = brought_results(cassette, cassette.streams[0])
    assert (result.interaction, result.text) == (101, "It is in src.")


def test_an_image_in_a_result_is_described_where_it_stands():
    image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "eHh4" * 1000}}
    cassette = load(
        user(1, "Look"),
        answer(2, "m1", call("t1", "Read"), call("t2")),
        user(3, returned("t1", [image])),
        user(4, returned("t2", [text("before"), image, text("after")])),
        answer(5, "m2", text("Seen.")),
    )
    assert [one.text for one in brought_results(cassette, cassette.streams[0])] == [
        "[image: image/png, 3 kB]",
        "before\n[image: image/png, 3 kB]\nafter",
    ]
