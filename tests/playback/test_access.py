"""Who may ask the server."""

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from viewer.playback.access import is_loopback, limit_access

APP = PlainTextResponse("served")
LOCAL = "http://127.0.0.1:8801"


def client(*origins, host="127.0.0.1"):
    return TestClient(limit_access(APP, host, origins), base_url=LOCAL)


@pytest.mark.parametrize(
    "name", ["localhost", "LOCALHOST", "app.localhost", "127.0.0.1", "127.8.9.1", "[::1]", "localhost."]
)
def test_names_of_this_machine(name):
    assert is_loopback(name)
    assert client().get("/", headers={"host": f"{name}:8801"}).text == "served"


@pytest.mark.parametrize("name", ["example.com", "192.168.1.5", "localhost.example.com", "[2001:db8::1]", ""])
def test_other_names_are_refused_on_this_machine_alone(name):
    assert not is_loopback(name)
    refused = client().get("/", headers={"host": name})
    assert refused.status_code == 421
    assert "--host" in refused.json()["error"]["message"]
    assert client(host="0.0.0.0").get("/", headers={"host": name}).text == "served"  # noqa: S104


def test_only_allowed_sites_may_read_answers():
    allowed = client("http://localhost:3000")
    asked = {
        "origin": "http://localhost:3000",
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization",
    }
    assert allowed.options("/", headers=asked).headers["access-control-allow-origin"] == "http://localhost:3000"
    assert allowed.options("/", headers={**asked, "origin": "http://evil.example"}).status_code == 400
    answer = allowed.get("/", headers={"origin": "http://localhost:3000"})
    assert answer.headers["access-control-allow-origin"] == "http://localhost:3000"
    assert "access-control-allow-origin" not in client().get("/", headers={"origin": "http://localhost:3000"}).headers
