"""Whether the result that a request brings for a tool call is marked as an error."""

from viewer.conversation.conversation import Conversation
from viewer.conversation.tool_results import is_model
from viewer.types.replies import ToolCall


def is_failed(call: ToolCall, conversation: Conversation) -> bool:
    """Tell whether the result of a call is marked as an error. Without ids, the last result of its tool counts."""
    results = [
        part
        for message in conversation.messages
        if not is_model(message.role)
        for part in message.parts
        if part.kind == "tool_result"
    ]
    by_id = [part for part in results if call.id and part.id == call.id]
    by_name = [part for part in results if part.name == call.name]
    return any(part.is_error for part in by_id or by_name[-1:])
