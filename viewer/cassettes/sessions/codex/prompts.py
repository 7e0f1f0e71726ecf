"""What the user asked in a Codex session, apart from what Codex itself writes in the name of the user."""

import re
from collections.abc import Mapping
from typing import Any

from viewer.text.json import items, mapping, only_text

# The tags with which the messages of Codex begin, as versions 0.20 to 0.171 write them.
_TAG = re.compile(
    r"\s*<(?:[a-z]+_context|[a-z_ ]+[_ ]instructions|turn_aborted|user_shell_command|user_action|subagent_notification"
    r"|skill|collaboration_mode|model_switch|personality_spec|hook_prompt|pinned_notes|realtime_conversation)\b[^>]*>"
)
_HEADINGS = ("# AGENTS.md instructions for", "Another language model started to solve this problem")


def is_users_own(message: Mapping[str, Any]) -> bool:
    """Tell whether the user wrote a message of the role "user"."""
    texts = [text for part in items(message.get("content")) if (text := only_text(mapping(part).get("text")))]
    first = texts[0] if texts else ""
    return message.get("role") == "user" and not (_TAG.match(first) or first.startswith(_HEADINGS))
