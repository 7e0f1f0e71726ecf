"""The cookie by which the server knows a browser again."""

import re

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from viewer.pages.server.browser import BrowserCookie, cookie_name

CONFIG = "/_stcore/host-config"


@pytest.fixture
def client():
    answer = Route("/{path:path}", lambda _: PlainTextResponse("ok"))
    return TestClient(Starlette(routes=[answer], middleware=[Middleware(BrowserCookie)]), "http://localhost:8501")


def test_a_browser_gets_a_random_number_that_no_script_reads_and_no_other_site_sends(client):
    cookie = client.get(CONFIG).headers["set-cookie"]
    assert re.fullmatch(
        r"cassette_viewer_8501=[0-9a-f]{32}; Path=/; Max-Age=2592000; HttpOnly; SameSite=Strict", cookie
    )
    client.cookies.clear()
    assert client.get(CONFIG).headers["set-cookie"] != cookie


def test_a_browser_that_is_known_keeps_its_number(client):
    client.get(CONFIG)
    assert "set-cookie" not in client.get(CONFIG).headers


def test_a_cookie_that_is_not_ours_is_replaced(client):
    client.cookies.set("cassette_viewer_8501", "x" * 32)
    assert "set-cookie" in client.get(CONFIG).headers


def test_a_page_asked_for_from_another_site_gets_no_new_number(client):
    # Its request comes without the cookie, even if the browser has one.
    assert "set-cookie" not in client.get("/").headers


def test_over_https_the_cookie_stays_on_https(client):
    client.base_url = "https://viewer.example"
    assert client.get(CONFIG).headers["set-cookie"].endswith("; Secure")


def test_servers_on_two_ports_of_a_host_have_cookies_of_their_own():
    assert cookie_name("localhost:8501") == "cassette_viewer_8501"
    assert cookie_name("[::1]:80") == "cassette_viewer_80"
    assert cookie_name("viewer.example") == "cassette_viewer"
