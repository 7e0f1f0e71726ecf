import json

import pytest

from tests.support.har_files import WEATHER, asked
from viewer.comparison.request_diff import Change, RequestDiff, diff_requests
from viewer.types.http import Headers, Request

URL = "https://api.example.com/v1/chat/completions"


def request(body=None, *, method="POST", url=URL, headers=()):
    data = body if isinstance(body, bytes) else json.dumps(asked() if body is None else body).encode()
    return Request(method, url, Headers(headers), data)


def test_a_request_equals_itself():
    diff = diff_requests(request(), request())
    assert not diff.differs
    assert diff.headers == ()


def test_method_and_url_are_compared_and_secrets_masked():
    diff = diff_requests(request(url=f"{URL}?key=one&alt=sse"), request(url=f"{URL}?key=two&alt=json", method="PUT"))
    assert diff.line == (
        Change("method", "POST", "PUT"),
        Change("URL", f"{URL}?key=•••&alt=sse", f"{URL}?key=•••&alt=json"),
    )


@pytest.mark.parametrize(
    "url",
    [f"{URL}?key=two", f"{URL}?key=two&", "https://user:pass@api.example.com/v1/chat/completions?key=one"],
)
def test_secrets_of_a_url_do_not_count(url):
    left = "https://me:me@api.example.com/v1/chat/completions?key=one" if "@" in url else f"{URL}?key=one"
    assert not diff_requests(request(url=left), request(url=url)).line


def test_parameters_are_listed_by_their_paths():
    left = request(asked(temperature=0.5, response_format={"type": "text"}))
    right = request(asked(temperature=1, response_format={"type": "json_object"}, seed=7))
    assert diff_requests(left, right).parameters == (
        Change("temperature", "0.5", "1"),
        Change("response_format.type", '"text"', '"json_object"'),
        Change("seed", None, "7"),
    )


def test_a_secret_in_the_body_is_masked():
    diff = diff_requests(request(asked(api_key="one")), request(asked(api_key="two")))
    assert diff.parameters == (Change("api_key", '"•••"', '"•••"'),)


def test_ids_in_the_body_do_not_count():
    left, right = asked(previous_response_id="resp_1", id="a"), asked(previous_response_id="resp_2", id="b")
    assert not diff_requests(request(left), request(right)).differs


def tool(name, **parameters):
    return {"type": "function", "function": {"name": name, "parameters": {"type": "object", "properties": parameters}}}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"tools": [WEATHER]}, {"tools": [tool("weather", city={"type": "number"}), tool("clock")]}),
        (
            {"tools": [{"name": "weather", "input_schema": {}}]},
            {"tools": [{"name": "weather", "input_schema": {"type": "object"}}, {"name": "clock"}]},
        ),
        (
            {"tools": [{"functionDeclarations": [{"name": "weather"}]}]},
            {"tools": [{"functionDeclarations": [{"name": "weather", "parameters": {}}, {"name": "clock"}]}]},
        ),
        (
            {"toolConfig": {"tools": [{"toolSpec": {"name": "weather"}}]}},
            {"toolConfig": {"tools": [{"toolSpec": {"name": "weather", "a": 1}}, {"toolSpec": {"name": "clock"}}]}},
        ),
        (
            {"functions": [{"name": "weather"}]},
            {"functions": [{"name": "clock"}, {"name": "weather", "description": "now"}]},
        ),
    ],
    ids=["openai", "anthropic", "gemini", "bedrock", "functions"],
)
def test_tools_of_any_provider_are_matched_by_name(left, right):
    diff = diff_requests(request(left), request(right))
    assert {(part.name, part.what) for part in diff.tools} == {("weather", "changed"), ("clock", "added")}
    assert diff.parameters == diff.messages == ()


def test_a_changed_message_shows_its_words():
    right = asked()
    right["messages"][1]["content"] = "Say goodbye."
    (part,) = diff_requests(request(), request(right)).messages
    assert (part.name, part.what, part.left_index, part.right_index) == ("user", "changed", 1, 1)
    assert [(one.left, one.right) for one in part.diff.segments if one.op != "equal"] == [("hello", "goodbye")]


def test_added_and_removed_messages_are_listed():
    left, right = asked(), asked()
    right["messages"] = [right["messages"][1], {"role": "assistant", "content": "Hello."}]
    parts = diff_requests(request(left), request(right)).messages
    assert [(part.name, part.what) for part in parts] == [("system", "removed"), ("assistant", "added")]


@pytest.mark.parametrize(
    ("left", "right", "role"),
    [
        ({"system": "a", "messages": []}, {"system": "b", "messages": []}, "system"),
        ({"input": "a"}, {"input": "b"}, "user"),
        ({"contents": [{"role": "user", "parts": [{"text": "a"}]}]}, {"contents": [{"role": "user", "parts": [{"text": "b"}]}]}, "user"),
        ({"system": [{"type": "text", "text": "a"}]}, {"system": [{"type": "text", "text": "b"}]}, "system"),
        ({"prompt": "a"}, {"prompt": "b"}, "user"),
    ],
)  # fmt: skip
def test_the_role_of_a_message_is_found_for_any_provider(left, right, role):
    (part,) = diff_requests(request(left), request(right)).messages
    assert (part.name, part.what) == (role, "changed")
    assert [(one.left, one.right) for one in part.diff.segments] == [("a", "b")]


def test_a_difference_outside_of_the_text_is_shown_as_json():
    def marked(**more):
        return {"messages": [{"role": "user", "content": [{"type": "text", "text": "a", **more}]}]}

    (part,) = diff_requests(request(marked()), request(marked(cache_control={"type": "ephemeral"}))).messages
    assert "ephemeral" in "".join(segment.right for segment in part.diff.segments)


def test_arguments_of_earlier_tool_calls_count_and_their_ids_do_not():
    def history(call_id, arguments):
        call = {"id": call_id, "type": "function", "function": {"name": "weather", "arguments": arguments}}
        result = {"role": "tool", "tool_call_id": call_id, "content": "sunny"}
        return asked(messages=[{"role": "assistant", "content": None, "tool_calls": [call]}, result])

    assert not diff_requests(request(history("call_1", "{}")), request(history("call_2", "{}"))).differs
    (part,) = diff_requests(request(history("call_1", "{}")), request(history("call_2", '{"a":1}'))).messages
    assert part.name == "assistant"


def test_headers_are_compared_except_those_of_a_time_or_a_person():
    left = [("Authorization", "Bearer one"), ("Date", "now"), ("X-Request-Id", "1"), ("User-Agent", "a/1"), ("A", "x")]
    right = [("authorization", "Bearer two"), ("date", "then"), ("User-Agent", "a/2"), ("B", "Bearer secret")]
    diff = diff_requests(request(headers=left), request(headers=right))
    assert diff.headers == (Change("a", "x", None), Change("b", None, "•••"), Change("user-agent", "a/1", "a/2"))
    assert not diff.differs


def test_headers_are_not_compared_if_one_side_has_none():
    assert diff_requests(request(), request(headers=[("User-Agent", "a")])).headers == ()


def test_a_request_is_not_compared_if_one_side_did_not_record_it():
    assert diff_requests(Request(), request()) == diff_requests(request(), Request()) == RequestDiff()


def test_bodies_that_cannot_be_taken_apart_are_compared_as_text():
    assert not diff_requests(request(b"plain"), request(b"plain")).differs
    assert [(one.left, one.right) for one in diff_requests(request(b"plain"), request(b"fancy")).body.segments] == [
        ("plain", "fancy")
    ]
    assert diff_requests(request(b"\xff" * 40), request(b"\xff" * 39 + b"\xfe")).body


def test_the_boundary_of_a_multipart_body_does_not_count():
    def form(boundary, value):
        body = f'--{boundary}\r\nContent-Disposition: form-data; name="model"\r\n\r\n{value}\r\n--{boundary}--\r\n'
        return request(body.encode(), headers=[("Content-Type", f"multipart/form-data; boundary={boundary}")])

    same = diff_requests(form("aaa111", "whisper"), form("bbb222", "whisper"))
    assert not same.differs
    assert same.headers == ()
    changed = diff_requests(form("aaa111", "whisper"), form("bbb222", "gpt-4o"))
    assert changed.parameters == (Change("model", '"whisper"', '"gpt-4o"'),)
    assert changed.body is None


def user_message(text, kind="text"):
    return {"role": "user", "content": [{"type": kind, "text": text}]}


PROMPTS = {
    "OpenAI chat": lambda text: {"model": "m", "messages": [{"role": "user", "content": text}]},
    "OpenAI completions": lambda text: {"model": "m", "prompt": text},
    "OpenAI Responses": lambda text: {"model": "m", "input": [user_message(text, "input_text")]},
    "OpenAI Responses, a text": lambda text: {"model": "m", "input": text},
    "OpenAI Responses, instructions": lambda text: {"model": "m", "instructions": text, "input": "x"},
    "OpenAI Assistants, a thread": lambda text: {"assistant_id": "a", "thread": {"messages": [user_message(text)]}},
    "OpenAI Assistants, a run": lambda text: {"assistant_id": "a", "additional_messages": [user_message(text)]},
    "OpenAI Assistants, tool outputs": lambda text: {"tool_outputs": [{"tool_call_id": "c", "output": text}]},
    "OpenAI Realtime, a session": lambda text: {"type": "session.update", "session": {"instructions": text}},
    "Anthropic": lambda text: {"max_tokens": 9, "messages": [user_message(text)]},
    "Anthropic, system": lambda text: {"system": [{"type": "text", "text": text}], "messages": []},
    "Gemini": lambda text: {"contents": [{"role": "user", "parts": [{"text": text}]}]},
    "Gemini, system": lambda text: {"systemInstruction": {"parts": [{"text": text}]}, "contents": []},
    "Gemini in an envelope": lambda text: {"project": "p", "request": {"contents": [{"parts": [{"text": text}]}]}},
    "Bedrock Converse": lambda text: {"messages": [{"role": "user", "content": [{"text": text}]}]},
    "Bedrock Titan": lambda text: {"inputText": text, "textGenerationConfig": {"topP": 1}},
    "Bedrock agent": lambda text: {"inputText": text, "enableTrace": True},
    "Cohere v1": lambda text: {"model": "command-r", "message": text},
    "Cohere v1, history": lambda text: {
        "model": "m",
        "message": "x",
        "chat_history": [{"role": "USER", "message": text}],
    },
    "Hugging Face": lambda text: {"inputs": text, "parameters": {"top_k": 1}},
    "watsonx": lambda text: {"model_id": "m", "input": text, "parameters": {"top_k": 1}},
    "Replicate": lambda text: {"version": "v", "input": {"prompt": text, "top_k": 1}},
    "Ollama": lambda text: {"model": "m", "system": "x", "prompt": text, "options": {"seed": 1}},
    "xAI gRPC": lambda text: {"model": "m", "messages": [{"role": "ROLE_USER", "content": [{"text": text}]}]},
    "AI SDK": lambda text: {"messages": [{"role": "user", "parts": [{"type": "text", "text": text}]}]},
}


@pytest.mark.parametrize("shape", PROMPTS.values(), ids=PROMPTS.keys())
def test_a_changed_prompt_of_any_provider_is_a_changed_message(shape):
    diff = diff_requests(request(shape("Say hello.")), request(shape("Say goodbye.")))
    (message,) = diff.messages
    assert message.what == "changed"
    assert ("hello", "goodbye") in [(one.left, one.right) for one in message.diff.segments]
    assert diff.parameters == diff.tools == ()
    assert diff.body is None


def test_parameters_next_to_a_prompt_are_compared_by_their_paths():
    def replicate(top_k):
        return {"version": "v", "input": {"prompt": "a", "top_k": top_k}}

    assert diff_requests(request(replicate(1)), request(replicate(2))).parameters == (Change("input.top_k", "1", "2"),)


def test_the_function_calling_mode_of_gemini_is_a_parameter():
    left, right = (
        request({"contents": [], "toolConfig": {"functionCallingConfig": {"mode": mode}}}) for mode in ("AUTO", "ANY")
    )
    assert diff_requests(left, right).parameters == (
        Change("toolConfig.functionCallingConfig.mode", '"AUTO"', '"ANY"'),
    )


def socket(*frames):
    return request("\n".join(json.dumps(frame) for frame in frames).encode())


def test_messages_on_a_socket_are_compared_as_messages():
    def asking(text, event_id, voice="v"):
        item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}
        return socket(
            {"type": "session.update", "event_id": event_id, "session": {"instructions": "x", "voice": voice}},
            {"type": "conversation.item.create", "item": item},
            {"type": "response.create"},
        )

    assert not diff_requests(asking("hello", "e1"), asking("hello", "e2")).differs
    diff = diff_requests(asking("hello", "e1"), asking("goodbye", "e2", "w"))
    assert [(part.name, part.what) for part in diff.messages] == [("user", "changed")]
    assert diff.parameters == (Change("session.voice", '"v"', '"w"'),)


def test_a_socket_message_without_content_is_compared_in_the_body():
    one = {"type": "conversation.item.create", "item": {"type": "message", "role": "user", "content": "a"}}
    assert diff_requests(socket(one, {"type": "response.create"}), socket(one, {"type": "response.cancel"})).body


@pytest.mark.parametrize(("left", "right"), [("AAAA", "AAAB"), ("AAAA", "AAAABBBB")])
def test_audio_on_a_socket_is_compared_by_its_bytes(left, right):
    def heard(audio):
        return socket({"type": "a", "audio": audio}, {"type": "b", "session": {"instructions": "x"}})

    assert not diff_requests(heard(left), heard(left)).differs
    assert len(diff_requests(heard(left), heard(right)).messages) == 1


def test_an_upload_is_compared_by_its_bytes():
    def form(data):
        head = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\nContent-Type: audio/wav\r\n\r\n'
        body = head.encode() + data + b"\r\n--x--\r\n"
        return request(body, headers=[("Content-Type", "multipart/form-data; boundary=x")])

    assert not diff_requests(form(b"12345"), form(b"12345")).differs
    (part,) = diff_requests(form(b"12345"), form(b"12346")).messages
    assert (part.name, part.what) == ("user", "changed")


def test_all_values_of_a_repeated_form_field_are_compared():
    def form(*values):
        body = "&".join(f"tag={value}" for value in values).encode()
        return request(body, headers=[("Content-Type", "application/x-www-form-urlencoded")])

    assert diff_requests(form("a", "c"), form("b", "c")).parameters == (Change("tag", '"a", "c"', '"b", "c"'),)
