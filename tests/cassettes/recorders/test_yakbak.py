import base64
import json
import time

import pytest

import viewer

EVENTS = [
    'data: {"choices":[{"index":0,"delta":{"content":"Olá"},"finish_reason":null}]}\n\n',
    'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":1,"total_tokens":4}}\n\n',
    "data: [DONE]\n\n",
]
BODY = "".join(EVENTS).encode()


def packed(data):
    return f'new Buffer("{base64.b64encode(data).decode()}", "base64")'


def tape(*writes, end="  res.end();\n\n  return __filename;\n};\n"):
    """A synthetic tape in the layout of yakbak's own template, with a body split as a network splits it."""
    return (
        """var path = require("path");

/**
 * POST /v1/chat/completions
 *
 * host: api.openai.com
 * accept: * / *
 * user-agent: a: b
 */

module.exports = function (req, res) {
  res.statusCode = 200;

  res.setHeader("content-type", "text/event-stream");
  res.setHeader("x-quoted", "a \\"b\\" \\u00e9");
  res.setHeader("set-cookie", ["a=1","b=]2"]);

  res.setHeader("x-yakbak-tape", path.basename(__filename, ".js"));

"""
        + "".join(f"  res.write({write});\n" for write in writes or [packed(BODY[:60]), packed(BODY[60:])])
        + end
    )


def load(text):
    return viewer.load(text.encode(), "tape.js")


def test_a_tape_is_read_as_data():
    loaded = load(tape())
    assert (loaded.format, loaded.problems) == ("yakbak", [])
    [interaction] = loaded.interactions
    request, response = interaction.request, interaction.response
    assert (request.method, request.url) == ("POST", "//api.openai.com/v1/chat/completions")
    assert dict(request.headers) == {"host": "api.openai.com", "accept": "*/*", "user-agent": "a: b"}
    assert response.status == 200
    assert dict(response.headers) == {
        "content-type": "text/event-stream",
        "x-quoted": 'a "b" é',
        "set-cookie": "a=1, b=]2",
    }
    assert response.body == BODY
    [stream] = loaded.streams
    assert (stream.text(), stream.finish_reason, stream.usage.total, stream.provider) == ("Olá", "stop", 4, "openai")
    assert stream.chunks["event"].nunique() == 3


def test_a_tape_has_no_times():
    assert load(tape()).interactions[0].times == type(load(tape()).interactions[0].times)()


@pytest.mark.parametrize(
    "write",
    [
        f'Buffer.from("{base64.b64encode(BODY).decode()}", "base64")',
        f"Buffer.from('{base64.b64encode(BODY).decode()}', 'base64')",
        f'\n    Buffer.from(\n      "{base64.b64encode(BODY).decode()}",\n      "base64"\n    )\n  ',
        f'new Buffer("{BODY.hex()}", "hex")',
        json.dumps(BODY.decode()),
        f"Buffer.from({json.dumps(BODY.decode())})",
        "'" + BODY.decode().replace("\n", "\\n") + "'",
    ],
)
def test_a_piece_is_base64_hexadecimal_or_a_text(write):
    assert load(tape(write)).interactions[0].response.body == BODY


def test_a_piece_written_by_the_end_call_is_part_of_the_body():
    assert load(tape(end=f"  res.end({packed(b'more')});\n")).interactions[0].response.body == BODY + b"more"


def test_code_quoted_in_a_body_is_not_part_of_the_tape():
    quoted = json.dumps('res.write("x");\n  res.write("y");')
    assert load(tape(quoted)).interactions[0].response.body == b'res.write("x");\n  res.write("y");'
    header = tape().replace('"a=1"', json.dumps('\n  res.write("x");'))
    assert load(header).interactions[0].response.body == BODY
    spread = tape().replace("  res.write", "  log(\"; res.write('x')\");\n  res.write", 1)
    assert load(spread).interactions[0].response.body == BODY
    comment = tape().replace(" * host", ' * x: res.write("x")\n  res.write("x");\n * host')
    assert load(comment).interactions[0].response.body == BODY


def test_a_tape_that_is_cut_off_anywhere_is_read_up_to_there():
    whole = tape()
    for end in range(whole.index("res.statusCode = 200") + 20, len(whole), 9):
        loaded = load(whole[:end])
        assert loaded.format == "yakbak"
        assert BODY.startswith(loaded.interactions[0].response.body)
        assert any("ends before the response" in problem.message for problem in loaded.problems) == (
            "res.end(" not in whole[:end]
        )
    assert load(whole[: whole.index("  res.end")]).streams[0].text() == "Olá"


def test_a_piece_in_another_encoding_than_declared_is_unchanged():
    pieces = ['new Buffer("!?", "base64")', 'new Buffer("zz", "hex")', '"\\u{1}"', "", "5"]
    assert load(tape(*pieces)).interactions[0].response.body == b"!?zzu{1}"


def test_a_tape_with_windows_line_ends_is_read():
    assert load(tape().replace("\n", "\r\n")).streams[0].text() == "Olá"


def test_other_code_that_handles_requests_is_not_recognised():
    with pytest.raises(viewer.CassetteError):
        load("const x = (req, res) => { res.statusCode = 200; };\nmodule.exports = x;\n")


@pytest.mark.process
@pytest.mark.parametrize(
    "piece", ['res.write("', 'res.setHeader("a", [', '\n  res.setHeader("a", ["', "\n  res.write(", '\\"']
)
def test_reading_time_is_linear_in_the_length(piece):
    start = time.process_time()
    load(tape(f'"{piece * 100_000}'))
    assert time.process_time() - start < 5
