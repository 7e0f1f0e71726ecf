"""Arguments are files and folders on disk, addresses to fetch, or standard input."""

import contextlib
import http.server
import io
import os
import threading

import pytest

from viewer.cli.opening.sources import folder_path, read_source
from viewer.files.entries import FolderLimits, Named
from viewer.types.problems import CassetteError

LIMITS = FolderLimits(member_bytes=20)


def test_a_file_or_folder_is_its_absolute_path(tmp_path, monkeypatch):
    (tmp_path / "a.yaml").write_bytes(b"x" * 100)
    monkeypatch.chdir(tmp_path)
    assert read_source("a.yaml", LIMITS) == str(tmp_path / "a.yaml")
    assert read_source(".", LIMITS) == folder_path(".") == str(tmp_path)


@pytest.mark.parametrize("argument", ["gone.yaml", "/dev/null", "a\0b", "ftp://host/a.yaml"])
def test_what_is_not_there_is_refused_by_the_name_it_was_given(argument):
    with pytest.raises(CassetteError) as refused:
        read_source(argument, LIMITS)
    assert refused.value.file == argument


def test_standard_input_is_read_up_to_the_limit(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"data: {}")))
    assert read_source("-", LIMITS) == Named(b"data: {}", "standard input")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"x" * 21)))
    with pytest.raises(CassetteError, match=r"limit member_bytes: 20"):
        read_source("-", LIMITS)


def test_a_pipe_that_a_shell_makes_is_read(tmp_path):
    pipe = tmp_path / "63"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(b"data: {}",))
    writer.start()
    assert read_source(str(pipe), LIMITS) == Named(b"data: {}", "63")
    writer.join()


@contextlib.contextmanager
def site():
    """A web site. Yield its address."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            places = {"/moved": "/a%20b.yaml?key=secret", "/loop": "/loop", "/away": "file:///etc/hostname"}
            path = self.path.partition("?")[0]
            if path in places:
                self.send_response(302)
                self.send_header("Location", places[path])
            else:
                self.send_response(404 if path == "/gone" else 200)
            data = b"x" * 21 if path == "/large" else b"data: {}"
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(data)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}"
        listening.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def address():
    with site() as found:
        yield found


@pytest.mark.parametrize(
    ("path", "name"),
    [("/a%20b.yaml?key=secret", "a b.yaml"), ("/moved", "moved"), ("/", "127.0.0.1"), ("/folder/", "folder")],
)
def test_an_address_is_fetched_and_named_by_its_last_part(address, path, name):
    assert read_source(address + path, LIMITS) == Named(b"data: {}", name)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/gone", "cannot be fetched: the server answered 404."),
        ("/large", "is too large (limit member_bytes: 20)."),
        ("/loop", "cannot be fetched: "),
        ("/away", "cannot be fetched: "),
    ],
)
def test_what_cannot_be_fetched_is_refused_without_telling_a_secret_of_the_address(address, path, message):
    asked = address.replace("http://", "http://user:secret@") + path
    with pytest.raises(CassetteError) as refused:
        read_source(f"{asked}?key=secret#secret", LIMITS)
    assert str(refused.value).startswith(f"{address}{path}: {message}")
    assert "secret" not in str(refused.value)
    assert "\n" not in str(refused.value)
    assert ".." not in str(refused.value)


def test_a_server_that_is_not_there_is_refused():
    with pytest.raises(CassetteError, match=r"^http://127\.0\.0\.1:1/a: cannot be fetched: "):
        read_source("http://127.0.0.1:1/a", LIMITS)
    with pytest.raises(CassetteError, match="cannot be fetched"):
        read_source("http://[", LIMITS)
