"""Requests under a host name, or from a page, that the settings do not allow."""

import logging
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from streamlit import config, net_util
from streamlit.web.server.starlette import starlette_websocket

from tests.conftest import ROOT
from viewer.pages.server.hosts import Allowed, RefusedHosts
from viewer.pages.server.refusal import host_refusal, origin_refusal
from viewer.text.safe import visible_line

LOCAL = Allowed(hosts=("localhost", "127.0.0.1"), origins=())
EXAMPLE = "viewer.example"
DOCUMENT = {"accept": "text/html,application/xhtml+xml"}


async def _connect(socket):
    await socket.accept()
    await socket.send_text("connected")
    await socket.close()


def client_of(allowed=LOCAL):
    routes = [
        WebSocketRoute("/{path:path}", _connect),
        Route("/{path:path}", lambda _: PlainTextResponse("the app"), methods=["GET", "PUT"]),
    ]
    app = Starlette(routes=routes, middleware=[Middleware(RefusedHosts, settings=lambda: allowed)])
    return TestClient(app, "http://localhost:8501")


@pytest.fixture
def client():
    return client_of()


def connects(client, host, origin, more=()):
    headers = {"host": host, **dict(more)} | ({"origin": origin} if origin else {})
    try:
        with client.websocket_connect("/_stcore/stream", headers=headers) as socket:
            return socket.receive_text() == "connected"
    except WebSocketDisconnect as refused:
        return refused.code != 1008


@pytest.mark.parametrize("host", ["localhost", "localhost:8501", "LOCALHOST.", "127.0.0.1:80"])
def test_a_listed_host_is_served(client, host):
    assert client.get("/", headers={"host": host}).text == "the app"


@pytest.mark.parametrize("path", ["/", "/library", "/share/x", "/_stcore/host-config", "/_stcore/upload_file/a/b"])
def test_everything_is_refused_under_another_host(client, path):
    for method in ("GET", "PUT"):
        answer = client.request(method, path, headers={"host": EXAMPLE})
        assert (answer.status_code, "the app" in answer.text) == (421, False)


def test_the_health_of_a_container_is_told_under_any_host(client):
    assert client.get("/_stcore/health", headers={"host": "10.0.0.7:8501"}).text == "the app"
    below = client_of(Allowed(LOCAL.hosts, (), base_path="/team"))
    assert below.get("/team/_stcore/health", headers={"host": "10.0.0.7"}).text == "the app"
    assert below.get("/other/_stcore/health", headers={"host": "10.0.0.7"}).status_code == 421


def test_a_browser_gets_a_page_that_names_the_host_and_the_three_ways_to_allow_it(client):
    answer = client.get("/", headers={"host": f"{EXAMPLE}:8501", **DOCUMENT})
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    for text in (
        f"<h1>Host not allowed: {EXAMPLE}</h1>",
        f"streamlit run app.py --server.allowedHosts {EXAMPLE}<",
        f"STREAMLIT_SERVER_ALLOWED_HOSTS=&quot;{EXAMPLE}&quot;",
        f"allowedHosts = [&quot;{EXAMPLE}&quot;]",
        ".streamlit/config.toml, under [server]",
    ):
        assert text in answer.text
    assert "<script" not in answer.text
    # The other names of the server are not for whoever asks under a wrong one.
    assert "127.0.0.1" not in answer.text


def test_a_program_gets_the_same_as_text(client):
    answer = client.get("/", headers={"host": EXAMPLE})
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text == host_refusal(EXAMPLE).as_text()


@pytest.mark.parametrize(
    ("refusal", "key"),
    [
        (host_refusal(EXAMPLE), "server.allowedHosts"),
        (origin_refusal(f"https://{EXAMPLE}", "localhost"), "server.corsAllowedOrigins"),
    ],
)
def test_the_settings_are_those_of_streamlit(refusal, key):
    option = config.get_config_options()[key]
    line, variable, setting = (change.line for change in refusal.changes)
    value = refusal.value
    assert line == f"streamlit run app.py --{key} {value}"
    assert variable == f'{option.env_var}="{value}"'
    assert {f"server.{name}": value for name, value in tomllib.loads(setting).items()} == {key: [value]}


@pytest.mark.parametrize(
    "host",
    ["<script>alert(1)</script>", '"; rm -rf ~; "', "$(reboot)", "a" * 5000, "\x1b[2J", "", "user@localhost", "::::"],
)
def test_a_hostile_host_is_shown_as_text_and_never_enters_a_line_to_copy(host):
    for refusal in (host_refusal(host), origin_refusal(host, host), origin_refusal(f"https://{host}", host)):
        page, text, line = refusal.as_page(), refusal.as_text(), refusal.as_line()
        assert "<script" not in page
        assert "\x1b" not in page + text + line
        assert "\n" not in line
        assert max(len(page) - len(host_refusal(EXAMPLE).as_page()), len(text), len(line)) < 4000
        for change in refusal.changes:
            assert "viewer.example.com" in change.line


@given(st.text(max_size=400))
def test_any_header_is_refused_in_one_line_of_bounded_length(text):
    line = host_refusal(text).as_line() + origin_refusal(text, text).as_line()
    assert visible_line(line) == line
    assert len(line) < 4000


HOSTS = [
    *("localhost", "LOCALHOST:8501", "localhost.", "a.example", "x.a.example", "xa.example", "example", "127.0.0.1"),
    *(
        "[::1]",
        "[::1]:8501",
        "::1",
        "localhost:port",
        "localhost/path",
        "user@localhost",
        "",
        "localhost@evil",
        "[",
        None,
    ),
]
LISTS = [[], ["localhost"], ["*.a.example"], ["*"], ["127.0.0.1", "::1"], ["LocalHost."], ["localhost:8501"]]


@pytest.mark.parametrize("listed", LISTS)
def test_hosts_are_judged_as_streamlit_judges_them(monkeypatch, listed):
    monkeypatch.setattr(config, "get_option", {"server.allowedHosts": listed}.get)
    judged = {host: Allowed(tuple(listed), ()).host(host) for host in HOSTS}
    assert judged == {host: starlette_websocket.is_host_allowed(host) for host in HOSTS}


ORIGINS = [
    *(
        "http://localhost:8501",
        "https://localhost",
        "http://127.0.0.1:3000",
        "http://localhost.evil.example",
        "null",
        "",
    ),
    *("https://a.example", "https://a.example:8443", "http://b.example", "https://xa.example", "file://", None),
]


@pytest.mark.parametrize("host", ["localhost:8501", "a.example", "a.example:8443", "127.0.0.1"])
@pytest.mark.parametrize("origins", [[], ["https://b.example"], ["b.example"]])
def test_origins_are_judged_as_streamlit_judges_them_without_asking_for_addresses(monkeypatch, host, origins):
    settings = {
        "server.corsAllowedOrigins": origins,
        "server.enableCORS": True,
        "server.allowedHosts": [],
        "browser.serverAddress": "localhost",
    }
    monkeypatch.setattr(config, "get_option", settings.get)
    for name in ("get_internal_ip", "get_external_ip"):
        monkeypatch.setattr(net_util, name, lambda: None)
    judged = {origin: Allowed((), tuple(origins)).origin(origin, host) for origin in ORIGINS}
    assert judged == {origin: starlette_websocket._is_origin_allowed(origin, host) for origin in ORIGINS}
    assert len(set(judged.values())) == 2


def test_the_app_itself_lists_this_machine_under_each_of_its_names():
    server = tomllib.loads((ROOT / ".streamlit/config.toml").read_text())["server"]
    allows = Allowed(tuple(server["allowedHosts"]), ())
    assert all(map(allows.host, ["localhost:8501", "127.0.0.1:8501", "[::1]:8501"]))
    assert not allows.host(EXAMPLE)


def test_a_websocket_is_refused_under_another_host_and_from_another_page(client):
    assert connects(client, "localhost:8501", "http://localhost:8501")
    assert connects(client, "localhost:8501", None)
    assert not connects(client, EXAMPLE, f"http://{EXAMPLE}")
    assert not connects(client, "localhost:8501", f"http://{EXAMPLE}")
    assert not connects(client, "localhost:8501", "null")


def test_a_page_of_an_address_in_the_settings_may_connect():
    client = client_of(Allowed(LOCAL.hosts, (f"https://{EXAMPLE}", "")))
    assert connects(client, "localhost", f"https://{EXAMPLE}")
    assert not connects(client, "localhost", "https://other.example")
    assert connects(client_of(Allowed(LOCAL.hosts, (), any_origin=True)), "localhost", "https://other.example")


def test_a_page_that_will_be_refused_is_told_why_before_it_connects(client):
    # Behind a proxy that replaces the Host header, as nginx does unless it is told otherwise.
    answer = client.get("/_stcore/host-config", headers={"referer": f"https://{EXAMPLE}/library"})
    assert answer.status_code == 421
    assert answer.json() == origin_refusal(f"https://{EXAMPLE}", "localhost:8501").as_text()
    assert f"--server.corsAllowedOrigins https://{EXAMPLE}" in answer.json()
    assert "proxy_set_header Host $http_host" in answer.json().replace("\n", " ")
    assert max(map(len, answer.json().splitlines())) < 80


def test_a_page_that_withholds_its_address_is_told_after_its_first_attempt(client):
    # Its proxy sets `Referrer-Policy: no-referrer`. No other site makes the browser send the cookie.
    cookie = {"cookie": f"cassette_viewer_8501={'a' * 32}"}
    assert client.get("/_stcore/host-config", headers=cookie).text == "the app"
    assert not connects(client, "localhost:8501", f"https://{EXAMPLE}", cookie)
    for _ in range(6):
        assert f"Address not allowed: https://{EXAMPLE}" in client.get("/_stcore/host-config", headers=cookie).json()
    other = {"cookie": f"cassette_viewer_8501={'b' * 32}"}
    assert client.get("/_stcore/host-config", headers=other).text == "the app"


@pytest.mark.parametrize("address", ["http://localhost:8501/", "http://localhost:8501/library?file=x", "http://[", ""])
def test_a_page_of_this_server_is_told_nothing(client, address):
    assert client.get("/_stcore/host-config", headers={"referer": address}).text == "the app"


def test_a_link_from_elsewhere_leads_to_the_app(client):
    assert client.get("/library", headers={"referer": "https://chat.example/"}).text == "the app"


def test_the_log_names_a_host_once(client, caplog):
    with caplog.at_level(logging.WARNING):
        for path in ("/", "/library"):
            client.get(path, headers={"host": EXAMPLE})
            connects(client, f"{EXAMPLE}:8501", f"http://{EXAMPLE}:8501")
        connects(client, "localhost", "https://other.example")
    assert caplog.messages == [
        host_refusal(EXAMPLE).as_line(),
        origin_refusal("https://other.example", "localhost").as_line(),
    ]


def test_made_up_hosts_do_not_fill_the_log(client, caplog):
    with caplog.at_level(logging.WARNING):
        for number in range(150):
            client.get("/", headers={"host": f"made-up-{number}.example"})
    assert len(caplog.messages) == 101
    assert caplog.messages[-1] == "More than 100 hosts were refused. Further ones are not logged."
