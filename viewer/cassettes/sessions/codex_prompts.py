"""What the user asked in a Codex session, apart from what Codex itself writes in the name of the user."""

import re
from collections.abc import Mapping
from typing import Any

from viewer.text.json import items, mapping, only_text

# A message of Codex begins with a tag, such as <environment_context>, <user_instructions> or <turn_aborted>, or with a heading.
_TAG = re.compile(r"\s*<[a-z_]+(?: [a-z_]+)?>")
_HEADINGS = ("# AGENTS.md instructions for", "Another language model started to solve this problem")


def is_users_own(message: Mapping[str, Any]) -> bool:
    """Tell whether the user wrote a message of the role "user"."""
    texts = [text for part in items(message.get("content")) if (text := only_text(mapping(part).get("text")))]
    first = texts[0] if texts else ""
    return message.get("role") == "user" and not (_TAG.match(first) or first.startswith(_HEADINGS))
