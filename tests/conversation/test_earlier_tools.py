"""The names of the tools whose results a request of a session brings."""

from tests.support.agent_sessions import SESSION, load
from viewer.conversation.conversation import conversation_of
from viewer.conversation.earlier_tools import with_tool_names
from viewer.display.head import head_of


def test_a_result_has_the_name_of_the_tool_that_an_earlier_answer_called():
    cassette = load(*SESSION)
    # Two calls of a subagent are between the call of Task and its result.
    messages = with_tool_names(conversation_of(cassette.interactions[4], None).messages, cassette, 4)
    assert [(part.kind, part.id, part.name) for message in messages for part in message.parts] == [
        ("tool_result", "t2", "Task")
    ]
    assert head_of(cassette, 1, cassette.stream_of(1)).asked.label == "Asked with the result of Bash"


def test_a_request_without_results_stays_as_it_is():
    cassette = load(*SESSION)
    messages = conversation_of(cassette.interactions[0], None).messages
    assert with_tool_names(messages, cassette, 0) is messages
