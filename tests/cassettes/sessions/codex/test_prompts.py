"""What the user asked, apart from what Codex writes in the name of the user."""

import pytest

from viewer.cassettes.sessions.codex.prompts import is_users_own


@pytest.mark.parametrize(
    ("text", "is_own"),
    [
        ("Is it dry?", True),
        ("<b>bold</b> is an HTML tag, is it not?", True),
        ("<permissions instructions>\nAsk first.", False),
        ("<subagent_notification>\n{}", False),
        ("Explain <div> to me", True),
        ("<environment_context>\n  <cwd>/w</cwd>", False),
        ("<user_instructions>\n\nBe brief.", False),
        ("# AGENTS.md instructions for /w\n\n<INSTRUCTIONS>", False),
        ("<turn_aborted>\nThe user interrupted the previous turn", False),
        ("", True),
    ],
)
def test_tags_and_headings_of_the_program_are_no_prompt(text, is_own):
    assert is_users_own({"role": "user", "content": [{"type": "input_text", "text": text}]}) is is_own


def test_others_than_the_user_ask_nothing():
    assert is_users_own({"role": "developer", "content": [{"type": "input_text", "text": "Be brief."}]}) is False
    assert is_users_own({"role": "user", "content": [{"type": "input_image", "image_url": "data:image/png;base64,AA"}]})
