import json
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.support.recorder_exchanges import EVENTS, exchange, sse
from tests.support.servers import serving
from viewer.recorder.live.app import live_app
from viewer.recorder.live.feed import News
from viewer.recorder.live.page import live_files
from viewer.recorder.live.recorded import Place, Recorded
from viewer.recorder.live.session import LiveSession

TOKEN = "the-token"  # noqa: S105 - of a test
RECORDED = Recorded("https://api.example", (Place("http://127.0.0.1:8800", "https://api.example"),), "<b>cassettes</b>")


@pytest.fixture(scope="module")
def session():
    body = b"".join(sse(EVENTS))
    session = LiveSession()
    session.add([News(0, exchange([]), body, ((len(body), 0.5),), "")])
    session.end()
    return session


@pytest.fixture(scope="module")
def address(session):
    with serving(live_app(session, live_files(RECORDED), TOKEN)) as address:
        yield address


@pytest.fixture(scope="module")
def client():
    with httpx2.Client() as client:
        yield client


def test_it_answers_only_to_the_token_and_to_names_of_this_machine(address, client):
    port = urlsplit(address).port
    for path in ("", "live.js", "live.css", "events", "events?show=0"):
        assert client.get(f"{address}/{TOKEN}/{path}").status_code == 200
        assert client.get(f"{address}/other/{path}").status_code == 403
        assert client.get(f"{address}/{TOKEN}x/{path}").status_code == 403
        # A name of another site can be made to lead here.
        for host in (
            "evil.example",
            f"evil.example:{port}",
            f"127.0.0.1.evil.example:{port}",
            "",
            "[",
            "user@evil.example",
        ):
            refused = client.get(f"{address}/{TOKEN}/{path}", headers={"host": host})
            assert refused.status_code in (400, 403), host
            assert "Lima" not in refused.text
        for host in (f"localhost:{port}", f"127.0.0.1:{port}", f"[::1]:{port}"):
            assert client.get(f"{address}/{TOKEN}/{path}", headers={"host": host}).status_code == 200
    assert client.get(f"{address}/").status_code == 404
    assert client.get(f"{address}/{TOKEN}/other.js").status_code == 404
    assert client.post(f"{address}/{TOKEN}/events").status_code == 405


def test_nothing_is_kept_by_the_browser_and_only_its_own_script_runs(address, client):
    for path in ("", "live.js", "live.css", "events"):
        headers = client.get(f"{address}/{TOKEN}/{path}").headers
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff"
        assert "access-control-allow-origin" not in headers
        policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
        assert policy["frame-ancestors"] == "'none'"


def test_the_page_says_what_to_do_and_its_names_are_text(address, client):
    page = client.get(f"{address}/{TOKEN}/").text
    assert "http://127.0.0.1:8800" in page
    assert "in place of https://api.example" in page
    assert "<b>cassettes</b>" not in page
    assert "&lt;b&gt;cassettes&lt;/b&gt;" in page


def test_a_program_needs_no_base_url():
    page, _ = live_files(Recorded("agent.py", (), "cassettes"))[""]
    assert "agent.py has sent no request yet." in page
    assert "base URL" not in page


@pytest.mark.parametrize("show", ["", "0", "7", "x", "-1", "１", "9" * 5000])
def test_a_connection_begins_with_the_whole_state_whatever_is_asked_for(address, client, show):
    response = client.get(f"{address}/{TOKEN}/events", params={"show": show})
    assert response.headers["content-type"].startswith("text/event-stream")
    [event] = response.text.strip().split("\n\n")
    state = json.loads(event.removeprefix("data: "))["v"]
    assert (state["isOver"], state["shown"], state["isRunning"]) == (True, 0, False)
    assert [lane["label"] for lane in state["tape"]["streams"][0]["lanes"]] == ["reasoning", "content", "weather"]
