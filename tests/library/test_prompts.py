import json

from viewer.library.prompts import prompt_of
from viewer.types.http import Request


def asked(*messages):
    return Request(
        "POST", "https://api.openai.com/v1/chat/completions", body=json.dumps({"messages": messages}).encode()
    )


def said(role, content):
    return {"role": role, "content": content}


def test_the_prompt_is_the_first_message_of_the_user_on_one_line():
    messages = (
        said("system", "Be brief."),
        said("user", " Name\n  a river. "),
        said("assistant", "Nile"),
        said("user", "One more."),
    )
    assert prompt_of(asked(*messages)) == "Name a river."


def test_parts_are_joined_and_a_message_without_text_is_skipped():
    image = {"type": "image_url", "image_url": {"url": "https://a.example/b.png"}}
    parts = [{"type": "text", "text": "Look:"}, image, {"type": "text", "text": "what is it?"}]
    assert prompt_of(asked(said("user", [image]), said("user", parts))) == "Look: what is it?"


def test_long_prompts_that_begin_alike_stay_two():
    first, second = (prompt_of(asked(said("user", f"{'word ' * 40}{end}"))) for end in ("one", "two"))
    assert first != second
    assert first[:80] == second[:80]
    assert first[79:82] == "… #"
    assert len(first) == len(second) == 88


def test_a_request_without_a_prompt_has_none():
    assert prompt_of(Request()) is None
    assert prompt_of(asked(said("system", "Be brief."))) is None


def test_half_a_surrogate_pair_can_be_written():
    assert prompt_of(asked(said("user", "a\ud83d" + "b" * 100))).encode()
