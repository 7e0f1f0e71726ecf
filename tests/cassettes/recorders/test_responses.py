"""Synthetic files in the layout of the recorder of `responses`."""

import pytest
import yaml

import viewer
from tests.support.damage import use_damaged, with_odd_values, write
from viewer.cassettes.document import Document
from viewer.cassettes.recorders import responses

BODY = 'data: {"choices":[{"index":0,"delta":{"content":"Olá"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
URL = "https://api.openai.com/v1/chat/completions"
TOML = f"""[[responses]]
[responses.response]
method = "POST"
url = "{URL}"
body = '''
{BODY}'''
status = 200
content_type = "text/event-stream"
auto_calculate_content_length = false
[responses.response.headers]
X-Id = "7"
"""


def call(**more):
    one = {"method": "POST", "url": URL, "body": BODY, "status": 200, "headers": {"X-Id": "7"}}
    one |= {"content_type": "text/event-stream", "auto_calculate_content_length": False, **more}
    return {"response": {name: value for name, value in one.items() if value is not None}}


def cassette(*calls):
    return {"responses": list(calls)}


@pytest.mark.parametrize("content", [yaml.safe_dump(cassette(call())).encode(), write(cassette(call())), TOML.encode()])
def test_yaml_json_and_toml_are_read(content):
    loaded = viewer.load(content)
    assert (loaded.format, loaded.problems) == ("responses", [])
    [interaction] = loaded.interactions
    assert (interaction.request.method, interaction.request.url) == ("POST", URL)
    response = interaction.response
    assert (response.status, dict(response.headers)) == (200, {"X-Id": "7", "Content-Type": "text/event-stream"})
    assert response.body == BODY.encode()
    assert loaded.streams[0].text() == "Olá"


def test_a_body_in_a_file_of_its_own_is_read(tmp_path):
    (tmp_path / "out.yaml").write_bytes(write(cassette(call(body=None, body_file="out/1f.bin"))))
    missing = viewer.load(tmp_path / "out.yaml")
    assert any("out/1f.bin" in problem.message for problem in missing.problems)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "1f.bin").write_bytes(BODY.encode())
    assert viewer.load(tmp_path / "out.yaml").streams[0].text() == "Olá"


def test_a_body_file_outside_of_the_folder_is_not_read(tmp_path):
    (tmp_path / "secret.txt").write_text(BODY)
    inside = tmp_path / "inside"
    inside.mkdir()
    for name in ("../secret.txt", str(tmp_path / "secret.txt")):
        (inside / "out.yaml").write_bytes(write(cassette(call(body=None, body_file=name))))
        assert viewer.load(inside / "out.yaml").interactions[0].response.body == b""


@pytest.mark.parametrize(
    "other", [{"responses": {"200": {}}}, {"responses": [{"response": {"status": 200, "body": ""}}]}]
)
def test_other_lists_of_responses_are_not_claimed(other):
    assert responses.recognise(Document(write(other), "a")) == 0


def test_toml_that_is_cut_off_is_not_claimed():
    assert responses.recognise(Document(TOML.encode()[:-3], "a")) == 0


def test_a_value_of_any_type_in_any_place_leaves_the_other_interactions_readable():
    for _, changed in with_odd_values(call()):
        assert viewer.load(write(cassette(changed, call()))).streams[-1].text() == "Olá"


def test_no_damage_raises():
    use_damaged(cassette(call(), call(body=None, body_file="a.bin")))
