"""The switch that shows thinking in tags as reasoning."""

import json

import pytest
from playwright.sync_api import expect

from tests.support.streams import delta

LABEL = "Thinking in tags as reasoning"


def upload(page, name, *texts):
    payloads = [*(delta(content=text, model=name) for text in texts), delta("stop")]
    content = "".join(f"data: {json.dumps(payload)}\n\n" for payload in payloads).encode()
    page.locator("input[type=file]").set_input_files([{"name": name, "mimeType": "text/plain", "buffer": content}])
    expect(page.get_by_role("heading", name=name)).to_be_visible()


@pytest.fixture
def thinking(app):
    """The page of a recording whose content begins with thinking in tags."""
    upload(app, "thinker", "<think>", "Let me see.", "</think>", "Hello.")
    return app


def pane(page, kind):
    return page.locator(f".deck-text-{kind}")


def test_the_switch_splits_reasoning_from_content_and_back(thinking):
    expect(pane(thinking, "content")).to_have_text("<think>Let me see.</think>Hello.")
    expect(pane(thinking, "reasoning")).to_have_count(0)
    thinking.get_by_text(LABEL).click()
    expect(pane(thinking, "content")).to_have_text("Hello.")
    expect(pane(thinking, "reasoning")).to_have_text("Let me see.")
    expect(thinking.get_by_text("Thought, then wrote")).to_be_visible()
    assert "think_tags=true" in thinking.url
    thinking.get_by_text(LABEL).click()
    expect(pane(thinking, "content")).to_have_text("<think>Let me see.</think>Hello.")
    assert "think_tags" not in thinking.url


def test_only_a_recording_with_thinking_in_tags_has_the_switch(thinking):
    expect(thinking.get_by_text(LABEL)).to_be_visible()
    upload(thinking, "plain", "Hello.")
    expect(thinking.get_by_text(LABEL)).to_have_count(0)
