"""What the command `open` hands over is opened at once, and listed only for the browser that follows the ticket."""

import json
import zipfile
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from tests.conftest import SAMPLES, SEED
from viewer.files.entries import Named
from viewer.pages.server.handover import HandOver
from viewer.pages.server.handover_message import Answer, Asked, proof
from viewer.pages.server.handover_routes import handover_routes
from viewer.pages.server.limits import ServerLimits
from viewer.pages.server.opened_folders import OpenedFolders
from viewer.pages.server.uploads import UploadStore

AGENT = SAMPLES / "weather-agent_tool-calls.yaml"
TOKEN = "only this user knows it"  # noqa: S105 - of this test
A = "a" * 32


@pytest.fixture
def store():
    return UploadStore(ServerLimits())


@pytest.fixture
def folders():
    return OpenedFolders()


@pytest.fixture
def handover(store, folders):
    return HandOver(store, folders)


def shown(handover, answer, browser=A):
    target = urlsplit(handover.claim(answer.path.removeprefix("/open/"), browser))
    return target.path, {name: values[0] for name, values in parse_qs(target.query).items()}


def names(store, browser=A):
    return [one.name for one in store.opened_by(browser)]


def test_the_first_file_is_shown_and_all_are_listed(handover, store):
    answer = handover.take(Asked((str(SEED), Named(AGENT.read_bytes(), "agent.yaml"))))
    path, query = shown(handover, answer)
    assert (path, query["name"]) == ("/", SEED.name)
    assert query["file"] == store.opened_by(A)[0].key
    assert names(store) == [SEED.name, "agent.yaml"]
    assert answer.refused == ()


def test_only_the_first_browser_that_follows_the_ticket_finds_the_files_listed(handover, store):
    answer = handover.take(Asked((str(SEED),)))
    assert shown(handover, answer, A) == shown(handover, answer, "b" * 32)
    assert names(store) == [SEED.name]
    assert names(store, "b" * 32) == []
    # Closing it there frees its memory: nobody else holds it.
    key = store.opened_by(A)[0].key
    store.remove(A, key)
    assert store.find(key) is None


def test_a_file_that_changes_keeps_its_content_under_the_old_key_and_has_a_new_one_when_it_is_opened_again(
    handover, store, tmp_path
):
    file = tmp_path / "recording.yaml"
    file.write_bytes(SEED.read_bytes())
    before = shown(handover, handover.take(Asked((str(file),))))[1]["file"]
    file.write_bytes(AGENT.read_bytes())
    after = shown(handover, handover.take(Asked((str(file),))))[1]["file"]
    assert before != after
    assert store.find(before).member.read().data == SEED.read_bytes()
    assert store.find(after).member.read().data == AGENT.read_bytes()


def test_a_selection_is_part_of_the_address(handover):
    _, query = shown(handover, handover.take(Asked((str(SEED),), event=40)))
    assert (query["stream"], query["event"]) == ("0", "40")
    _, query = shown(handover, handover.take(Asked((str(AGENT),), interaction=1)))
    assert (query["stream"], "event" in query) == ("1", False)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (Asked((str(SEED),), interaction=1), "there is no interaction 1; it has 1, counted from 0."),
        (Asked((str(SEED),), interaction=-1), "there is no interaction -1"),
        (Asked((str(SEED),), event=163), "there is no event 163 in interaction 0; it has 163, counted from 0."),
        (Asked((str(SEED),), compare=True), "--compare: needs two recordings that can be opened."),
        (Asked((str(SAMPLES / "gone"),)), "cannot be read: No such file or directory."),
        (Asked((Named(b"hello", "notes.txt"),)), "notes.txt: "),
        (Asked((Named(b"", "standard input"),)), "standard input: "),
    ],
)
def test_what_cannot_be_shown_is_refused_in_one_line_and_leaves_nothing_behind(handover, store, asked, message):
    answer = handover.take(asked)
    assert answer.path == ""
    assert len(answer.refused) == 1
    assert message in answer.refused[0]
    assert "\n" not in answer.refused[0]
    assert store._uploads == {}


def test_the_first_file_that_can_be_opened_is_shown(handover):
    answer = handover.take(Asked((Named(b"hello", "notes.txt"), str(SEED))))
    assert shown(handover, answer)[1]["name"] == SEED.name
    assert [line.partition(":")[0] for line in answer.refused] == ["notes.txt"]


def test_two_files_can_be_compared(handover, store):
    path, query = shown(handover, handover.take(Asked((str(SEED), str(AGENT)), compare=True)))
    assert path == "/compare"
    assert [query["a"], query["b"]] == [one.key for one in store.opened_by(A)]


def test_a_folder_opens_the_library_of_that_browser_and_is_not_read_into_memory(handover, store, folders):
    answer = handover.take(Asked((str(SAMPLES),)))
    assert shown(handover, answer) == ("/library", {})
    assert folders.of(A) == [str(SAMPLES)]
    assert folders.of("b" * 32) == []
    assert store._uploads == {}


def test_a_folder_beside_a_file_is_listed_too(handover, folders):
    answer = handover.take(Asked((str(SEED),), library=str(SAMPLES)))
    assert shown(handover, answer)[0] == "/"
    assert folders.of(A) == [str(SAMPLES)]


def test_a_folder_or_an_archive_without_recordings_is_refused(handover, tmp_path):
    (tmp_path / "empty").mkdir()
    with zipfile.ZipFile(tmp_path / "empty.zip", "w") as archive:
        archive.writestr("a.png", b"\x89PNG")
        archive.writestr("b.png", b"\x89PNG")
    answer = handover.take(Asked((str(tmp_path / "empty"), str(tmp_path / "empty.zip"))))
    assert answer.path == ""
    assert set(answer.refused) == {
        f"{tmp_path / 'empty'}: holds no recordings.",
        f"{tmp_path / 'empty.zip'}: holds no recordings.",
    }
    # Once it has some, they are found.
    (tmp_path / "empty" / "a.yaml").write_bytes(SEED.read_bytes())
    assert handover.take(Asked((str(tmp_path / "empty"),))).path


def test_nothing_opens_the_start_page(handover):
    assert handover.take(Asked()) == Answer("/")


def test_a_message_says_the_same_on_the_other_side():
    asked = Asked(("/a b/ü.yaml", Named(b"\x00\xff", "x")), "/library", 2, 3, compare=True)
    assert Asked.from_json(asked.to_json()) == asked
    assert Answer.from_json(Answer("/open/x", ("a: b",)).to_json()) == Answer("/open/x", ("a: b",))


@pytest.fixture
def client(handover):
    app = Starlette(routes=handover_routes(handover, TOKEN))
    return TestClient(app, "http://127.0.0.1:8501", client=("127.0.0.1", 1), follow_redirects=False)


def hand(client, **headers):
    headers = {"authorization": f"Bearer {TOKEN}", **headers}
    return client.post("/open/files", content=Asked((str(SEED),)).to_json(), headers=headers)


def test_a_program_that_knows_the_token_hands_files_over_and_the_browser_finds_them(client, store):
    path = json.loads(hand(client).content)["path"]
    answer = client.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/?file=")
    assert answer.headers["cache-control"] == "no-store"
    (browser,) = client.cookies.values()
    assert names(store, browser) == [SEED.name]
    assert "HttpOnly; SameSite=Strict" in answer.headers["set-cookie"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:8501", "[::1]:8501"])
def test_files_are_taken_under_each_name_of_this_machine_also_without_a_port(client, host):
    # At port 80, clients leave the port out.
    assert hand(client, host=host).status_code == 200


def test_a_known_browser_keeps_its_cookie(client, store):
    client.cookies.set("cassette_viewer_8501", A)
    answer = client.get(json.loads(hand(client).content)["path"])
    assert "set-cookie" not in answer.headers
    assert names(store) == [SEED.name]


def test_a_link_on_another_site_neither_replaces_the_cookie_nor_lists_anything(client, store):
    answer = client.get(json.loads(hand(client).content)["path"], headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 303
    assert "set-cookie" not in answer.headers
    assert names(store) == []


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": ""},
        {"authorization": "Bearer wrong"},
        {"authorization": f"Basic {TOKEN}"},
        {"host": "attacker.example:8501"},
        {"host": ""},
    ],
)
def test_nobody_else_can_hand_files_over(client, store, headers):
    assert hand(client, **headers).status_code == 403
    assert store._uploads == {}


def test_nobody_can_from_another_machine(handover):
    app = Starlette(routes=handover_routes(handover, TOKEN))
    assert hand(TestClient(app, "http://127.0.0.1:8501", client=("192.0.2.7", 1))).status_code == 403
    assert TestClient(app, "http://127.0.0.1:8501", client=("192.0.2.7", 1)).get("/open/hello").status_code == 403


def test_the_server_proves_that_it_knows_the_token_without_telling_it(client):
    said = client.get("/open/hello?nonce=123").text
    assert said == proof(TOKEN, "123") != proof("another", "123")
    assert TOKEN not in said


def test_what_the_command_never_sends_is_refused(client):
    for content in (b"", b"[]", b"{}", b'{"sources": [{}]}', b"\xff", b"[" * 10_000):
        answer = client.post("/open/files", content=content, headers={"authorization": f"Bearer {TOKEN}"})
        assert answer.status_code == 400


def test_an_unknown_ticket_says_what_to_do(client):
    answer = client.get("/open/nothing")
    assert answer.status_code == 404
    assert "Run `cassette-viewer open` again" in answer.text


def test_missing_samples_are_said_because_the_start_page_offers_none(handover, monkeypatch, tmp_path):
    assert handover.missing_samples() == ""
    monkeypatch.setenv("VIEWER_SAMPLES", str(tmp_path / "gone"))
    assert handover.missing_samples() == f"{tmp_path / 'gone'}: there are no samples here. The start page offers none."
