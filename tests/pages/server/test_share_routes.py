import pytest
from playwright.sync_api import expect
from starlette.applications import Starlette
from starlette.testclient import TestClient

import viewer
from tests.support.servers import serving
from viewer.pages.server.share_routes import routes, share_path
from viewer.pages.server.shares import ShareStore

PAGE = "<!doctype html><title>a</title><p>Olá"


@pytest.fixture
def store(tmp_path):
    return ShareStore(tmp_path / "shares")


@pytest.fixture
def client(store):
    with TestClient(Starlette(routes=routes(store))) as client:
        yield client


def test_a_published_page_is_served_in_a_sandbox_of_its_own(client, store):
    answer = client.get(share_path(store.publish(PAGE, 60)))
    assert answer.status_code == 200
    assert answer.text == PAGE
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "sandbox allow-scripts" in policy
    assert "allow-same-origin" not in policy
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-robots-tag"] == "noindex, nofollow"
    assert answer.headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize(
    "identity", ["A" * 24, "x", "..", "%2e%2e", "..%2f..%2fetc%2fpasswd", "<script>alert(1)</script>"]
)
def test_a_missing_page_is_explained_without_repeating_the_request(client, identity):
    answer = client.get(f"/share/{identity}")
    assert answer.status_code == 404
    assert "alert" not in answer.text
    if identity in ("A" * 24, "x"):
        assert "It has expired or was deleted, or the link is incomplete." in answer.text
        assert "sandbox" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "private, no-store"


def test_expired_and_deleted_pages_are_not_found(client, store):
    expired, deleted = store.publish(PAGE, 0), store.publish(PAGE, 60)
    store.delete(deleted)
    assert [client.get(share_path(one)).status_code for one in (expired, deleted)] == [404, 404]


def test_nothing_lists_published_pages(client, store):
    store.publish(PAGE, 60)
    assert [client.get(path).status_code for path in ("/share", "/share/", "/")] == [404, 404, 404]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_a_page_can_only_be_read(client, store, method):
    path = share_path(store.publish(PAGE, 60))
    assert client.request(method, path).status_code == 405
    assert client.head(path).status_code == 200


def test_there_are_no_routes_without_a_store():
    assert routes(None) == []


def test_a_report_works_in_its_sandbox_without_access_to_the_server(page, store, seed, seed_stream, tmp_path):
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text))
    identity = store.publish(viewer.report(seed), 60)
    with serving(Starlette(routes=routes(store))) as address:
        page.context.add_cookies([{"name": "session", "value": "1", "url": address}])
        page.goto(f"{address}{share_path(identity)}#t=0.5")
        page.locator("html.ready").wait_for()
        assert page.evaluate("origin") == "null"
        with pytest.raises(Exception, match="sandbox"):
            page.evaluate("document.cookie")
        page.get_by_role("slider").press("End")
        expect(page.locator(".deck-text-content")).to_have_text(seed_stream.text())
        with page.expect_download() as waiting:
            page.get_by_role("button", name="Save as a go-vcr cassette").click()
        saved = tmp_path / "saved.yaml"
        waiting.value.save_as(saved)
        assert viewer.load(saved).streams[0].text() == seed_stream.text()
    assert errors == []
