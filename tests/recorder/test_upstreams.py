"""Which request goes to which upstream."""

import httpx2
import pytest
from starlette.testclient import TestClient, WebSocketDenialResponse

import viewer
from tests.support import planted
from viewer.recorder.proxy import recorder_app
from viewer.recorder.tally import Tally
from viewer.recorder.upstreams import parse_upstreams

SECRET = planted.secrets_of("openai-key")[0]
UPSTREAMS = {"openai": "https://api.openai.com", "router": "https://openrouter.ai/api/v1/", "a.b-c": "http://h:1"}


class Recorder:
    """A recorder with several upstreams, and what they have got."""

    def __init__(self, folder, upstreams):
        self.urls, self.lines, self.tally = [], [], Tally()

        def respond(request):
            self.urls.append(str(request.url))
            if "unreachable" in self.urls[-1]:
                raise httpx2.ConnectError("refused")
            return httpx2.Response(200, stream=httpx2.ByteStream(b"ok"))

        options = {"keep": False, "tally": self.tally, "transport": httpx2.MockTransport(respond)}
        self.app = recorder_app(upstreams, folder, log=self.lines.append, **options)

    def get(self, *paths):
        with TestClient(self.app) as client:
            return [client.get(path) for path in paths]


def test_the_first_part_of_the_path_names_the_upstream(tmp_path):
    recorder = Recorder(tmp_path, UPSTREAMS)
    recorder.get("/openai/v1/models?a=b%2F", "/router/chat%2Fx", "/a.b-c", "/a.b-c/", "/router//x")
    assert recorder.urls == [
        "https://api.openai.com/v1/models?a=b%2F",
        "https://openrouter.ai/api/v1/chat%2Fx",
        "http://h:1",
        "http://h:1/",
        "https://openrouter.ai/api/v1//x",
    ]
    assert recorder.tally.requests == {"openai": 1, "router": 2, "a.b-c": 2}
    # The recording shows the upstream, not the recorder.
    first = viewer.load(min(tmp_path.iterdir())).interactions[0]
    assert first.request.url == "https://api.openai.com/v1/models?a=b%2F"


@pytest.mark.parametrize("path", [f"/v1/{SECRET}", "/", "/OPENAI/v1", "/openaix/v1", "/%6Fpenai/v1"])
def test_another_path_gets_404_with_the_names(tmp_path, path):
    recorder = Recorder(tmp_path, UPSTREAMS)
    [answer] = recorder.get(path)
    assert answer.status_code == 404
    assert answer.json()["error"]["upstreams"] == ["openai", "router", "a.b-c"]
    assert (recorder.urls, list(tmp_path.iterdir()), recorder.tally.requests) == ([], [], {})
    [line] = recorder.lines
    assert "no upstream has this name; known are openai, router, a.b-c" in line
    assert SECRET not in line


def test_an_only_upstream_without_a_name_gets_all_requests(tmp_path):
    recorder = Recorder(tmp_path, "https://api.example/x")
    recorder.get("/openai/v1", "/")
    assert recorder.urls == ["https://api.example/x/openai/v1", "https://api.example/x/"]


def test_a_websocket_is_refused_and_told(tmp_path):
    recorder = Recorder(tmp_path, UPSTREAMS)
    with (
        TestClient(recorder.app) as client,
        pytest.raises(WebSocketDenialResponse) as refused,
        client.websocket_connect(f"/openai/v1/realtime/{SECRET}"),
    ):
        pass
    assert refused.value.status_code == 501
    assert refused.value.json()["error"]["message"].startswith("The recorder forwards HTTP only.")
    [line] = recorder.lines
    assert line.startswith("WebSocket /openai/v1/realtime/")
    assert SECRET not in line
    assert recorder.tally.requests == {"openai": 1}


def test_what_was_recorded_is_counted(tmp_path):
    recorder = Recorder(tmp_path, {"a": "https://api.example", "b": "https://unreachable.example"})
    recorder.get("/a/x", "/b/x")
    assert (recorder.tally.requests, recorder.tally.recorded, recorder.tally.lost) == ({"a": 1, "b": 1}, 1, 0)


def test_upstreams_are_read_from_arguments():
    assert parse_upstreams(["https://a/?x=y"]) == {"": "https://a/?x=y"}
    assert parse_upstreams(["a=https://a/?x=y", "B.1=http://b"]) == {"a": "https://a/?x=y", "B.1": "http://b"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["api.openai.com"], "must be an http or https address"),
        (["a=api.openai.com"], "must be an http or https address, not 'api.openai.com'"),
        (["https://[::1"], "must be an http or https address"),
        (["a=https://h:99999"], "must be an http or https address"),
        (["=https://a"], "the name of an upstream has letters"),
        (["a b=https://a"], "the name of an upstream has letters"),
        (["a=https://a", "a=https://b"], "two upstreams are called 'a'"),
        (["https://a", "https://b"], "of 2 upstreams, each needs a name"),
        (["a=https://a", "https://b"], "of 2 upstreams, each needs a name"),
    ],
)
def test_upstreams_that_make_no_sense_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        parse_upstreams(arguments)
