import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import viewer
from tests.conftest import ROOT
from viewer.conversation.conversation import conversation_of
from viewer.conversation.messages import RepeatedMessages, message_of
from viewer.text.json import parse
from viewer.types.http import Headers, Interaction, Request, Response

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="
PIXEL_BYTES = 68


def asked(body, url="", content_type="application/json"):
    """The conversation of a request alone."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = Request("POST", url, Headers([("Content-Type", content_type)]), data)
    return conversation_of(Interaction(request, Response()), None)


def roles_and_parts(body, **options):
    """Role, then kind and text of each part, for every message of a request."""
    return [
        (message.role, *((part.kind, part.text) for part in message.parts))
        for message in asked(body, **options).messages
    ]


def test_openai_chat_with_a_tool_call_and_its_result():
    call = {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Lima"}'}}
    conversation = asked(
        {
            "model": "gpt-4o",
            "temperature": 0.5,
            "messages": [
                {"role": "developer", "content": "Be terse."},
                {"role": "user", "content": "Weather?", "name": "ana"},
                {"role": "assistant", "content": None, "tool_calls": [call]},
                {"role": "tool", "tool_call_id": "call_1", "content": "19 °C"},
            ],
            "tools": [
                {"type": "function", "function": {"name": "weather", "description": "Now", "parameters": {"a": 1}}}
            ],
            "tool_choice": "auto",
        }
    )
    developer, user, assistant, tool = conversation.messages
    assert (developer.role, developer.parts[0].text) == ("developer", "Be terse.")
    assert (user.name, user.parts[0].text) == ("ana", "Weather?")
    assert [(part.kind, part.text, part.name, part.id) for part in assistant.parts] == [
        ("tool_call", '{"city": "Lima"}', "weather", "call_1")
    ]
    assert [(part.kind, part.text, part.name, part.id) for part in tool.parts] == [
        ("tool_result", "19 °C", "weather", "call_1")
    ]
    assert conversation.parameters == (("model", '"gpt-4o"'), ("temperature", "0.5"), ("tool_choice", '"auto"'))
    assert [(one.name, one.description, one.schema) for one in conversation.tools] == [
        ("weather", "Now", '{\n  "a": 1\n}')
    ]
    assert conversation.readable


def test_openai_chat_with_media_describes_them_without_their_bytes():
    content = [
        {"type": "text", "text": "Look"},
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PIXEL}"}},
        {"type": "image_url", "image_url": {"url": "https://example.org/a.png", "detail": "low"}},
        {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}},
        {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,AAAA"}},
        {"type": "file", "file": {"file_id": "file-7"}},
    ]
    assert roles_and_parts({"messages": [{"role": "user", "content": content}]}) == [
        (
            "user",
            ("text", "Look"),
            ("image", f"image/png, {PIXEL_BYTES} B"),
            ("image", "https://example.org/a.png"),
            ("audio", "audio/wav, 3 B"),
            ("file", "application/pdf, 3 B"),
            ("file", "file-7"),
        )
    ]


def test_results_without_ids_belong_to_the_calls_in_order():
    calls = [{"id": name, "function": {"name": name, "arguments": "{}"}} for name in ("f", "g")]
    messages = [
        {"role": "ROLE_ASSISTANT", "content": [{"text": ""}], "tool_calls": calls},
        {"role": "ROLE_TOOL", "content": [{"text": "4"}]},
        {"role": "ROLE_TOOL", "content": [{"text": "5"}]},
        {"role": "ROLE_TOOL", "content": [{"text": "6"}]},
    ]
    results = [part for message in asked({"messages": messages}).messages[1:] for part in message.parts]
    assert [(part.text, part.name, part.id) for part in results] == [("4", "f", "f"), ("5", "g", "g"), ("6", "", "")]


def test_openai_chat_with_the_old_function_calls():
    messages = [
        {"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": "{}"}},
        {"role": "function", "name": "f", "content": "4"},
    ]
    conversation = asked({"messages": messages, "functions": [{"name": "f", "parameters": {}}]})
    assert [(part.kind, part.text, part.name) for one in conversation.messages for part in one.parts] == [
        ("tool_call", "{}", "f"),
        ("tool_result", "4", "f"),
    ]
    assert [tool.name for tool in conversation.tools] == ["f"]


def test_reasoning_that_two_fields_repeat_is_read_once():
    message = {
        "role": "assistant",
        "content": "No",
        "refusal": "I cannot",
        "reasoning": "Hm",
        "reasoning_details": [{"type": "reasoning.text", "text": "Hm"}],
    }
    assert roles_and_parts({"messages": [message]}) == [
        ("assistant", ("reasoning", "Hm"), ("text", "No"), ("text", "I cannot"))
    ]


def test_anthropic_messages():
    conversation = asked(
        {
            "max_tokens": 9,
            "system": [{"type": "text", "text": "S", "cache_control": {"type": "ephemeral"}}],
            "messages": [
                {
                    "role": "user",
                    "content": [
                        {
                            "type": "document",
                            "title": "D",
                            "source": {"type": "text", "media_type": "text/plain", "data": "T"},
                        },
                        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PIXEL}},
                    ],
                },
                {
                    "role": "assistant",
                    "content": [
                        {"type": "thinking", "thinking": "Hm", "signature": "xyz"},
                        {"type": "redacted_thinking", "data": "AAAA"},
                        {"type": "tool_use", "id": "t1", "name": "add", "input": {"a": 2}},
                    ],
                },
                {
                    "role": "user",
                    "content": [
                        {
                            "type": "tool_result",
                            "tool_use_id": "t1",
                            "is_error": True,
                            "content": [
                                {"type": "text", "text": "one"},
                                {"type": "text", "text": "two"},
                                {
                                    "type": "image",
                                    "source": {"type": "base64", "media_type": "image/png", "data": PIXEL},
                                },
                            ],
                        }
                    ],
                },
            ],
            "tools": [
                {"name": "add", "input_schema": {"type": "object"}},
                {"type": "web_search_20250305", "name": "web_search", "max_uses": 1},
            ],
        }
    )
    system, user, assistant, result = conversation.messages
    assert (system.role, [part.text for part in system.parts]) == ("system", ["S"])
    assert [(part.kind, part.text, part.name) for part in user.parts] == [
        ("text", "T", "D"),
        ("image", f"image/png, {PIXEL_BYTES} B", ""),
    ]
    assert [(part.kind, part.text) for part in assistant.parts] == [
        ("reasoning", "Hm"),
        ("other", "encrypted reasoning, 3 B"),
        ("tool_call", '{"a":2}'),
    ]
    assert [(part.kind, part.text, part.name, part.id, part.is_error) for part in result.parts] == [
        ("tool_result", "one", "add", "t1", True),
        ("tool_result", "two", "add", "t1", True),
        ("image", f"image/png, {PIXEL_BYTES} B", "", "t1", False),
    ]
    assert [(tool.name, tool.schema) for tool in conversation.tools] == [
        ("add", '{\n  "type": "object"\n}'),
        ("web_search", '{\n  "max_uses": 1\n}'),
    ]


def test_a_result_of_only_media_is_a_result():
    image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PIXEL}}
    content = [{"type": "tool_result", "tool_use_id": "t1", "content": [image]}]
    (message,) = asked({"messages": [{"role": "user", "content": content}]}).messages
    assert [(part.kind, part.text, part.id) for part in message.parts] == [
        ("tool_result", "", "t1"),
        ("image", f"image/png, {PIXEL_BYTES} B", "t1"),
    ]


def test_openai_responses():
    items = [
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi"}]},
        {
            "type": "reasoning",
            "id": "rs_1",
            "summary": [{"type": "summary_text", "text": "Hm"}],
            "encrypted_content": "AAAA",
        },
        {"type": "reasoning", "id": "rs_2", "summary": [], "encrypted_content": "AAAA"},
        {"type": "function_call", "id": "fc_1", "call_id": "c1", "name": "f", "arguments": '{"a":1}'},
        {"type": "function_call_output", "call_id": "c1", "output": "4"},
        {"type": "web_search_call", "id": "ws_1", "action": {"query": "x"}},
        {"role": "assistant", "content": [{"type": "output_text", "text": "4"}, {"type": "refusal", "refusal": "no"}]},
    ]
    conversation = asked({"model": "m", "instructions": "S", "input": items})
    assert [
        (one.role, *((part.kind, part.text, part.name, part.id) for part in one.parts)) for one in conversation.messages
    ] == [
        ("system", ("text", "S", "", "")),
        ("user", ("text", "Hi", "", "")),
        ("assistant", ("reasoning", "Hm", "", "")),
        ("user", ("other", "encrypted reasoning, 3 B", "reasoning", "")),
        ("assistant", ("tool_call", '{"a":1}', "f", "c1")),
        ("tool", ("tool_result", "4", "f", "c1")),
        ("assistant", ("tool_call", '{"query":"x"}', "web_search", "ws_1")),
        ("assistant", ("text", "4", "", ""), ("text", "no", "refusal", "")),
    ]
    assert roles_and_parts({"input": "Hi"}) == [("user", ("text", "Hi"))]


def test_gemini():
    conversation = asked(
        {
            "systemInstruction": {"parts": [{"text": "S"}]},
            "contents": [
                {"role": "user", "parts": [{"text": "Add"}, {"inlineData": {"mimeType": "image/png", "data": PIXEL}}]},
                {
                    "role": "model",
                    "parts": [
                        {"text": "Hm", "thought": True},
                        {"functionCall": {"name": "add", "args": {"a": 2}}, "thoughtSignature": "xyz"},
                        {"executableCode": {"language": "PYTHON", "code": "print(4)"}},
                        {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "4"}},
                    ],
                },
                {"parts": [{"functionResponse": {"name": "add", "response": {"result": 4}}}]},
                {"parts": [{"fileData": {"mimeType": "video/mp4", "fileUri": "gs://b/a.mp4"}}]},
            ],
            "generationConfig": {"temperature": 1, "thinkingConfig": {"thinkingBudget": 0}},
            "tools": [{"functionDeclarations": [{"name": "add"}, {"name": "mul"}]}, {"googleSearch": {}}],
            "toolConfig": {"functionCallingConfig": {"mode": "AUTO"}},
        }
    )
    assert [
        (one.role, *((part.kind, part.text, part.name) for part in one.parts)) for one in conversation.messages
    ] == [
        ("system", ("text", "S", "")),
        ("user", ("text", "Add", ""), ("image", f"image/png, {PIXEL_BYTES} B", "")),
        (
            "model",
            ("reasoning", "Hm", ""),
            ("tool_call", '{"a":2}', "add"),
            ("tool_call", "print(4)", "code_execution"),
            ("tool_result", "4", "code_execution"),
        ),
        ("user", ("tool_result", '{"result":4}', "add")),
        ("user", ("file", "video/mp4, gs://b/a.mp4", "")),
    ]
    assert [tool.name for tool in conversation.tools] == ["add", "mul", "googleSearch"]
    assert conversation.parameters == (
        ("generationConfig.temperature", "1"),
        ("generationConfig.thinkingConfig", '{"thinkingBudget":0}'),
        ("toolConfig.functionCallingConfig", '{"mode":"AUTO"}'),
    )


def test_bedrock_converse():
    conversation = asked(
        {
            "system": [{"text": "S"}, {"cachePoint": {"type": "default"}}],
            "messages": [
                {"role": "user", "content": [{"text": "Hi"}, {"image": {"format": "png", "source": {"bytes": PIXEL}}}]},
                {"role": "user", "content": [{"document": {"name": "d", "format": "txt", "source": {"text": "T"}}}]},
                {
                    "role": "assistant",
                    "content": [
                        {"reasoningContent": {"reasoningText": {"text": "Hm", "signature": "x"}}},
                        {"citationsContent": {"content": [{"text": "cited"}], "citations": []}},
                        {"toolUse": {"toolUseId": "t1", "name": "f", "input": {"a": 1}}},
                    ],
                },
                {
                    "role": "user",
                    "content": [
                        {"toolResult": {"toolUseId": "t1", "content": [{"json": {"b": 2}}], "status": "error"}}
                    ],
                },
            ],
            "inferenceConfig": {"maxTokens": 5},
            "toolConfig": {
                "tools": [{"toolSpec": {"name": "f", "inputSchema": {"json": {"c": 3}}}}],
                "toolChoice": {"auto": {}},
            },
        }
    )
    parts = [
        (part.kind, part.text, part.name, part.id, part.is_error) for one in conversation.messages for part in one.parts
    ]
    assert parts == [
        ("text", "S", "", "", False),
        ("text", "Hi", "", "", False),
        ("image", f"image/png, {PIXEL_BYTES} B", "", "", False),
        ("text", "T", "d", "", False),
        ("reasoning", "Hm", "", "", False),
        ("text", "cited", "", "", False),
        ("tool_call", '{"a":1}', "f", "t1", False),
        ("tool_result", '{"b":2}', "f", "t1", True),
    ]
    assert conversation.tools[0].schema == '{\n  "c": 3\n}'
    assert conversation.parameters == (("inferenceConfig.maxTokens", "5"), ("toolConfig.toolChoice", '{"auto":{}}'))


def test_cohere_v1_has_the_history_before_the_message():
    body = {
        "message": "Now?",
        "model": "command-r",
        "chat_history": [{"role": "USER", "message": "Hi"}, {"role": "CHATBOT", "message": "Hello"}],
        "preamble": "S",
        "tool_results": [{"call": {"name": "f", "parameters": {}}, "outputs": [{"a": 1}]}],
    }
    assert roles_and_parts(body) == [
        ("system", ("text", "S")),
        ("USER", ("text", "Hi")),
        ("CHATBOT", ("text", "Hello")),
        ("user", ("text", "Now?")),
        ("tool", ("tool_result", '[{"a":1}]')),
    ]


def test_cohere_v2():
    messages = [
        {
            "role": "assistant",
            "tool_plan": "I will",
            "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
        },
        {"role": "tool", "tool_call_id": "c1", "content": [{"type": "document", "document": {"data": '{"a":1}'}}]},
    ]
    assert roles_and_parts({"messages": messages}) == [
        ("assistant", ("reasoning", "I will"), ("tool_call", "{}")),
        ("tool", ("tool_result", '{"a":1}')),
    ]


def test_mistral_writes_thinking_as_a_list():
    content = [{"type": "thinking", "thinking": [{"type": "text", "text": "Hm"}]}, {"type": "text", "text": "A"}]
    assert roles_and_parts({"messages": [{"role": "assistant", "content": content}]}) == [
        ("assistant", ("reasoning", "Hm"), ("text", "A"))
    ]


def test_ollama_chat_and_generate():
    call = {"function": {"name": "f", "arguments": {"a": 1}}}
    messages = [
        {"role": "user", "content": "Hi", "images": [PIXEL]},
        {"role": "assistant", "content": "", "thinking": "Hm", "tool_calls": [call]},
        {"role": "tool", "tool_name": "f", "content": "4"},
    ]
    assert roles_and_parts({"messages": messages}) == [
        ("user", ("text", "Hi"), ("image", f"{PIXEL_BYTES} B")),
        ("assistant", ("reasoning", "Hm"), ("tool_call", '{"a":1}')),
        ("tool", ("tool_result", "4")),
    ]
    conversation = asked({"system": "S", "prompt": "Hi", "options": {"seed": 1}})
    assert [message.role for message in conversation.messages] == ["system", "user"]
    assert conversation.parameters == (("options.seed", "1"),)


@pytest.mark.parametrize(
    ("body", "text", "parameters"),
    [
        ({"model": "m", "prompt": "Once"}, "Once", {"model": '"m"'}),
        ({"prompt": ["Once"]}, "Once", {}),
        ({"prompt": "\n\nHuman: Hi\n\nAssistant:"}, "\n\nHuman: Hi\n\nAssistant:", {}),
        ({"inputs": "Once", "parameters": {"top_k": 1}}, "Once", {"parameters.top_k": "1"}),
        ({"input": {"prompt": "Once", "top_k": 1}, "version": "v"}, "Once", {"input.top_k": "1", "version": '"v"'}),
        ({"inputText": "Once", "enableTrace": True}, "Once", {"enableTrace": "true"}),
        ({"inputText": "Once", "textGenerationConfig": {"topP": 1}}, "Once", {"textGenerationConfig.topP": "1"}),
        (
            {"input": "Once", "model_id": "m", "parameters": {"top_k": 1}},
            "Once",
            {"model_id": '"m"', "parameters.top_k": "1"},
        ),
        ({"request": {"contents": [{"parts": [{"text": "Once"}]}]}, "project": "p"}, "Once", {"project": '"p"'}),
    ],
    ids=["completions", "list", "anthropic", "tgi", "replicate", "aws-agent", "titan", "watsonx", "wrapped"],
)
def test_a_prompt_is_what_the_user_says(body, text, parameters):
    conversation = asked(body)
    assert [(one.role, *(part.text for part in one.parts)) for one in conversation.messages] == [("user", text)]
    assert dict(conversation.parameters) == parameters


def test_vercel_ui_messages_and_prompts_of_models():
    ui = [
        {"id": "1", "role": "user", "content": "Hi", "parts": [{"type": "text", "text": "Hi"}]},
        {
            "role": "assistant",
            "parts": [
                {"type": "step-start"},
                {"type": "reasoning", "text": "Hm"},
                {
                    "type": "tool-weather",
                    "toolCallId": "c1",
                    "state": "output-available",
                    "input": {"a": 1},
                    "output": {"b": 2},
                },
                {"type": "file", "mediaType": "image/png", "url": f"data:image/png;base64,{PIXEL}"},
            ],
        },
    ]
    user, assistant = asked({"messages": ui}).messages
    assert [part.text for part in user.parts] == ["Hi"]
    assert [(part.kind, part.text, part.name, part.id) for part in assistant.parts] == [
        ("reasoning", "Hm", "", ""),
        ("tool_call", '{"a":1}', "weather", "c1"),
        ("tool_result", '{"b":2}', "weather", "c1"),
        ("image", f"image/png, {PIXEL_BYTES} B", "", ""),
    ]
    prompt = [
        {
            "role": "assistant",
            "content": [{"type": "tool-call", "toolCallId": "c1", "toolName": "f", "input": {"a": 1}}],
        },
        {
            "role": "tool",
            "content": [
                {"type": "tool-result", "toolCallId": "c1", "toolName": "f", "output": {"type": "text", "value": "4"}}
            ],
        },
    ]
    assert roles_and_parts({"prompt": prompt}) == [
        ("assistant", ("tool_call", '{"a":1}')),
        ("tool", ("tool_result", "4")),
    ]


def test_messages_of_the_conventions_of_opentelemetry():
    # https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/, the examples of gen_ai.input.messages
    conversation = asked(
        {
            "gen_ai.system_instructions": [{"type": "text", "content": "You are a helpful bot"}],
            "gen_ai.input.messages": [
                {"role": "user", "parts": [{"type": "text", "content": "Weather in Paris?"}]},
                {
                    "role": "assistant",
                    "parts": [
                        {"type": "reasoning", "content": "hm"},
                        {"type": "tool_call", "id": "c1", "name": "get_weather", "arguments": {"location": "Paris"}},
                    ],
                },
                {"role": "tool", "parts": [{"type": "tool_call_response", "id": "c1", "response": "rainy, 57°F"}]},
                {
                    "role": "user",
                    "parts": [
                        {"type": "blob", "mime_type": "image/png", "modality": "image", "content": PIXEL},
                        {"type": "uri", "modality": "image", "uri": "https://example.com/cat.png"},
                        {"type": "uri", "modality": "video", "mime_type": "video/mp4", "uri": "gs://bucket/a.mp4"},
                    ],
                },
            ],
            "gen_ai.tool.definitions": [{"type": "function", "name": "get_weather", "parameters": {"type": "object"}}],
        }
    )
    assert [(one.role, *((part.kind, part.text) for part in one.parts)) for one in conversation.messages] == [
        ("system", ("text", "You are a helpful bot")),
        ("user", ("text", "Weather in Paris?")),
        ("assistant", ("reasoning", "hm"), ("tool_call", '{"location":"Paris"}')),
        ("tool", ("tool_result", "rainy, 57°F")),
        (
            "user",
            ("image", f"image/png, {PIXEL_BYTES} B"),
            ("image", "image/*, https://example.com/cat.png"),
            ("file", "video/mp4, gs://bucket/a.mp4"),
        ),
    ]
    (result,) = conversation.messages[3].parts
    assert (result.id, result.name) == ("c1", "get_weather")
    assert [tool.name for tool in conversation.tools] == ["get_weather"]


def test_messages_of_a_client_on_a_socket():
    frames = [
        {
            "type": "session.update",
            "session": {"instructions": "S", "voice": "v", "tools": [{"type": "function", "name": "f"}]},
        },
        {"type": "input_audio_buffer.append", "audio": "AAAA"},
        {"type": "input_audio_buffer.append", "audio": "AAAA"},
        {
            "type": "conversation.item.create",
            "item": {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi"}]},
        },
        {"type": "conversation.item.create", "item": {"type": "function_call_output", "call_id": "c1", "output": "4"}},
        {"type": "response.create"},
    ]
    body = "\n".join(map(json.dumps, frames)).encode()
    assert roles_and_parts(body) == [
        ("system", ("text", "S")),
        ("user", ("audio", "6 B")),
        ("user", ("text", "Hi")),
        ("tool", ("tool_result", "4")),
    ]
    assert [tool.name for tool in asked(body).tools] == ["f"]
    assert asked(body).parameters == (("session.voice", '"v"'),)


def test_a_form_with_an_audio_file_to_transcribe():
    body = (
        b"--x\r\nContent-Disposition: form-data; name=file; filename=a.wav\r\nContent-Type: audio/wav\r\n\r\n12345\r\n"
        b"--x\r\nContent-Disposition: form-data; name=model\r\n\r\nwhisper-1\r\n--x--\r\n"
    )
    conversation = asked(body, content_type="multipart/form-data; boundary=x")
    assert [(part.kind, part.text, part.name) for part in conversation.messages[0].parts] == [
        ("audio", "audio/wav, 5 B", "a.wav")
    ]
    assert conversation.parameters == (("model", '"whisper-1"'),)


@pytest.mark.parametrize(
    ("body", "parameters"),
    [
        (b"", ()),
        (b"\xff\xfe", ()),
        (b"[1]", (("body", "[1]"),)),
        (b'{"query": "q", "documents": ["d"]}', (("query", '"q"'), ("documents", '["d"]'))),
        (b'{"messages": 5}', (("messages", "5"),)),
        (b'{"message": "a line of a log", "level": 3}', (("message", '"a line of a log"'), ("level", "3"))),
    ],
)
def test_a_body_that_is_not_understood_becomes_parameters(body, parameters):
    conversation = asked(body)
    assert not conversation.readable
    assert conversation.messages == ()
    assert conversation.parameters == parameters


def test_fields_of_a_form_without_a_file_are_parameters():
    conversation = asked(b"a=1&b=%C3%A9", content_type="application/x-www-form-urlencoded")
    assert conversation.parameters == (("a", '"1"'), ("b", '"é"'))


def test_json_that_curl_sends_as_a_form_is_json():
    body = b' {"model": "m", "messages": [{"role": "user", "content": "a=b&c"}]}'
    conversation = asked(body, content_type="application/x-www-form-urlencoded")
    assert [message.role for message in conversation.messages] == ["user"]
    assert ("model", '"m"') in conversation.parameters
    broken = asked(b'{"model": "m", "mess', content_type="application/x-www-form-urlencoded")
    assert (broken.parameters, broken.readable) == ((), False)


_NAMES = [
    "messages",
    "contents",
    "input",
    "prompt",
    "system",
    "instructions",
    "role",
    "content",
    "parts",
    "text",
    "type",
    "thinking",
    "tool_calls",
    "function",
    "id",
    "name",
    "arguments",
    "tools",
    "functionCall",
    "functionResponse",
    "toolUse",
    "toolResult",
    "source",
    "data",
    "image_url",
    "summary",
    "output",
    "session",
    "item",
    "reasoning",
    "reasoning_details",
    "document",
    "toolConfig",
    "generationConfig",
    "audio",
    "images",
    "tool_results",
    "chat_history",
    "message",
    "functionDeclarations",
    "reasoningContent",
    "citationsContent",
    "tool_outputs",
    "turns",
    "realtime_input",
    "json",
    "input_schema",
    "toolSpec",
]
_TYPES = [
    "text",
    "thinking",
    "reasoning",
    "tool_use",
    "tool_result",
    "function_call",
    "function_call_output",
    "image",
    "document",
    "file",
    "message",
    "tool-call",
    "tool-result",
    "tool-x",
    "redacted_thinking",
    "image_generation_call",
    "function",
    "input_audio",
    "refusal",
]
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2**70) | st.floats() | st.sampled_from(_TYPES) | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(_NAMES), inner, max_size=5)
        | st.builds(
            lambda kind, rest: {**rest, "type": kind},
            st.sampled_from(_TYPES),
            st.dictionaries(st.sampled_from(_NAMES), inner, max_size=3),
        )
    ),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from(_NAMES), _VALUES, max_size=5))
def test_a_malformed_request_is_never_an_error(body):
    conversation = asked(body)
    assert all(isinstance(part.text, str) for message in conversation.messages for part in message.parts)
    assert all(isinstance(value, str) for _, value in conversation.parameters)
    assert all(
        isinstance(text, str) for tool in conversation.tools for text in (tool.name, tool.description, tool.schema)
    )


@given(st.lists(_VALUES, max_size=4))
@example([{"content": 1}, {"content": 1.0}, {"content": True}])
@example([{"content": float("nan")}, {"content": None}])
def test_a_reader_of_repeated_messages_reads_each_as_if_alone(items):
    read_message = RepeatedMessages()
    for item in (*items, *items):
        message, alone = read_message(item), message_of(item)
        assert message == alone
        assert repr(message.source) == repr(alone.source)


@given(
    st.binary(max_size=60),
    st.sampled_from(["multipart/form-data; boundary=x", "multipart/form-data", "application/json", ""]),
)
def test_arbitrary_bytes_are_not_an_error(body, content_type):
    asked(b"--x\r\n" + body, content_type=content_type)


def test_a_deeply_nested_request_is_not_an_error():
    body = (
        b'{"messages":[{"role":"user","content":'
        + b'[{"type":"tool_result","content":' * 300
        + b'"x"'
        + b"}]" * 300
        + b"}]}"
    )
    assert asked(body).readable


def test_a_streamed_answer_is_a_message(seed, seed_stream):
    (message,) = conversation_of(seed.interactions[0], seed_stream).answer
    assert message.role == "assistant"
    assert [(part.kind, part.text) for part in message.parts] == [
        ("reasoning", seed_stream.text("reasoning")),
        ("text", seed_stream.text()),
    ]


def test_each_choice_of_an_answer_is_a_message():
    chunks = [
        {"index": 0, "delta": {"content": "a"}},
        {"index": 1, "delta": {"refusal": "no"}},
        {"index": 0, "delta": {"tool_calls": [{"index": 0, "id": "c", "function": {"name": "f", "arguments": "{}"}}]}},
    ]
    body = b"".join(
        b"data: " + json.dumps({"object": "chat.completion.chunk", "choices": [one]}).encode() + b"\n\n"
        for one in chunks
    )
    opened = viewer.load(body)
    answer = conversation_of(opened.interactions[0], opened.streams[0]).answer
    assert [[(part.kind, part.text, part.name, part.id) for part in one.parts] for one in answer] == [
        [("text", "a", "", ""), ("tool_call", "{}", "f", "c")],
        [("text", "no", "refusal", "")],
    ]


def test_an_answer_that_is_not_streamed_is_a_message():
    opened = viewer.load(ROOT / "sample_cassettes" / "weather-agent_tool-calls.yaml")
    (message,) = conversation_of(opened.interactions[3], opened.answers[3]).answer
    assert [(part.kind, part.text) for part in message.parts] == [("text", opened.answers[3].text)]


@pytest.fixture(scope="module")
def conversations(cassettes):
    """Every request of the corpus with a JSON body: where it is, its reply, the JSON and the conversation."""
    read = []
    for path, opened in cassettes.items():
        streams = {stream.interaction: stream for stream in opened.streams}
        for index, interaction in enumerate(opened.interactions):
            reply = streams.get(index) or opened.answers.get(index)
            try:
                body = json.loads(interaction.request.body)
            except ValueError:
                continue
            read.append((f"{path}#{index}", reply, body, conversation_of(interaction, reply)))
    return read


NO_CONVERSATION = {"mcp-jsonrpc", "openai-assistants", "generic", ""}
"""Protocols whose requests may have no message: a call of a tool, a run of a thread that the server keeps."""


def test_every_request_to_a_model_is_readable(conversations):
    unread = [
        where
        for where, reply, _, found in conversations
        if reply and reply.protocol not in NO_CONVERSATION and not found.readable
    ]
    assert unread == []
    assert sum(found.readable for _, _, _, found in conversations) > 1500


OPAQUE = {"encrypted_content", "encrypted_index", "encrypted_stdout", "data", "bytes", "b64_json", "signature"}


def without_binary(value):
    """A JSON value without its binary and encrypted data."""
    if isinstance(value, dict):
        return {
            key: "" if key in OPAQUE and isinstance(inner, str) else without_binary(inner)
            for key, inner in value.items()
        }
    return [without_binary(inner) for inner in value] if isinstance(value, list) else value


def values_of(value):
    """A JSON value and every value in it."""
    yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from values_of(inner)


def canonical(value):
    return json.dumps(without_binary(value), sort_keys=True)


def test_every_text_of_a_conversation_is_verbatim_in_the_body(conversations):
    compared = 0
    for where, _, body, found in conversations:
        values = [*values_of(body)]
        texts = {value for value in values if isinstance(value, str)}
        objects = None
        for part in (part for message in found.messages for part in message.parts):
            if part.kind in ("image", "audio", "file", "other") or not part.text or part.text in texts:
                compared += 1
                continue
            objects = objects or {canonical(value) for value in values if not isinstance(value, str)}
            assert canonical(parse(part.text.encode())) in objects, (where, part)
            compared += 1
    assert compared > 3000


MESSAGE_FIELDS = (
    "messages",
    "contents",
    "input",
    "prompt",
    "system",
    "systemInstruction",
    "instructions",
    "chat_history",
    "inputText",
    "message",
)
TEXT_FIELDS = (
    "content",
    "text",
    "thinking",
    "reasoning_content",
    "reasoning",
    "output",
    "arguments",
    "prompt",
    "message",
    "input",
)


def texts_in(value, field=""):
    """Every text in the fields that providers use for texts, at any depth."""
    if isinstance(value, str):
        if field in TEXT_FIELDS:
            yield value
    elif isinstance(value, list):
        for inner in value:
            yield from texts_in(inner, field)
    elif isinstance(value, dict):
        for name, inner in value.items():
            # Citations describe a text and are not part of it.
            if name != "citations":
                yield from texts_in(inner, name)


def texts_of(found):
    """Every text of a conversation, also those inside JSON."""
    texts = [part.text for message in found.messages for part in message.parts]
    texts += [value for _, value in found.parameters]
    for text in texts:
        yield text
        if text[:1] in '{["':
            try:
                yield from (value for value in values_of(json.loads(text)) if isinstance(value, str))
            except ValueError:
                continue


def test_no_text_of_a_message_is_lost(conversations):
    compared = 0
    for where, _, body, found in conversations:
        if not found.readable or not isinstance(body, dict):
            continue
        texts = {*texts_of(found)}
        for text in (text for name in MESSAGE_FIELDS for text in texts_in(body.get(name), name)):
            assert text in texts or not text or text.startswith("data:"), (where, text[:200])
            compared += 1
    assert compared > 4000


def test_every_answer_of_the_corpus_has_the_texts_of_its_stream(conversations):
    compared = 0
    for where, reply, _, found in conversations:
        if not isinstance(reply, viewer.Stream):
            continue
        parts = [part for message in found.answer for part in message.parts]
        calls = [(part.id, part.name, part.text) for part in parts if part.kind == "tool_call"]
        called = [(call.id, call.name, call.arguments) for call in reply.tool_calls]
        # The provider called these itself.
        called += [(step.id, step.name, step.text) for step in reply.tool_steps if step.is_call]
        assert sorted(calls) == sorted(called), where
        choices = sorted(reply.chunks["choice"].unique())
        for kind, name in (("content", ""), ("refusal", "refusal")):
            said = "".join(part.text for part in parts if part.kind == "text" and part.name == name)
            assert said == "".join(reply.text(kind, int(choice)) for choice in choices), where
        compared += 1
    assert compared > 1200
