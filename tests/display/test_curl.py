import http.server
import json
import os
import shlex
import shutil
import stat
import subprocess
import threading

import pytest

from viewer.display.curl import curl_command
from viewer.types.http import Headers, Request

URL = "https://api.example.com/v1/chat/completions"
HOSTILE = [
    b'{"content": "It\'s $HOME `id` $(id) \\\\ \\n !! \\"quoted\\""}',
    b"line one\nline two\n\ttab\n",
    b"@/etc/passwd",
    b"-d @/etc/passwd",
    "Olá 👩‍👧 日本語 %s %% \\u00e9".encode(),
    b"end of paste \x1b[201~\nid\n",
    b"null \x00 and \xff\xfe, not UTF-8, '%d' \\n \r\n",
    "turned \u202e around".encode(),
]


def words(command):
    # Unlike a shell, shlex keeps the line end after a backslash.
    return shlex.split(command.rpartition("|\n")[2].replace(" \\\n", " "))


@pytest.fixture
def run(tmp_path):
    """Run a command in a POSIX shell in which `curl` writes its arguments and, for `@-`, its input."""
    stub = tmp_path / "curl"
    stub.write_text(
        "#!/bin/sh\n"
        f'for one; do printf "%s\\0" "$one"; done > {tmp_path}/arguments\n'
        f'case "$*" in *"--data-binary @-"*) cat > {tmp_path}/input;; esac\n'
    )
    stub.chmod(stub.stat().st_mode | stat.S_IEXEC)
    environment = {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}

    def run_command(command):
        subprocess.run(["/bin/sh", "-c", command], check=True, env=environment, cwd=tmp_path)
        given = (tmp_path / "input").read_bytes() if (tmp_path / "input").exists() else None
        return (tmp_path / "arguments").read_bytes().split(b"\0")[:-1], given

    return run_command


def test_a_request_becomes_one_command_that_can_be_read():
    request = Request("POST", URL, Headers([("Content-Type", "application/json"), ("Host", "x")]), b'{"a": 1}')
    assert curl_command(request) == (
        f"curl {URL} \\\n  --header 'Content-Type: application/json' \\\n  --data-binary '{{\"a\": 1}}'"
    )


def test_the_method_is_given_unless_curl_would_choose_it():
    assert "--request" not in curl_command(Request("GET", URL))
    assert words(curl_command(Request("DELETE", URL))) == ["curl", URL, "--request", "DELETE"]
    assert "--request GET" in curl_command(Request("GET", URL, body=b"x"))


@pytest.mark.parametrize("body", HOSTILE)
def test_a_shell_gives_curl_exactly_the_recorded_body(run, body):
    arguments, given = run(curl_command(Request("POST", URL, body=body)))
    address, option, value = arguments
    assert address == URL.encode()
    if value == b"@-":
        assert given == body
    else:
        assert value == body
        # curl would read a file.
        assert option == (b"--data-raw" if body.startswith(b"@") else b"--data-binary")


@pytest.mark.parametrize("body", HOSTILE)
def test_nothing_that_a_terminal_obeys_is_pasted(body):
    command = curl_command(Request("POST", URL, Headers([("X-Odd", "a\x1b[201~\r\nb")]), body))
    assert all(character.isprintable() or character in "\n\t\u200d" for character in command)


@pytest.mark.parametrize("name", ["@/etc/passwd", "", "a b", "x\ny"])
def test_a_header_with_a_name_that_is_no_token_is_left_out(name):
    assert "--header" not in curl_command(Request("GET", URL, Headers([(name, "value")])))


def test_an_empty_header_is_sent_as_an_empty_one():
    assert words(curl_command(Request("GET", URL, Headers([("X-Empty", "")]))))[-1] == "X-Empty;"


@pytest.mark.parametrize("url", ["--output=/tmp/x", "https://a.example/?q={1,2}&[x]", "https://a.example/;id"])
def test_a_url_is_neither_an_option_nor_a_pattern(run, url):
    arguments, _ = run(curl_command(Request("GET", url)))
    place = arguments.index(url.encode())
    assert not url.startswith("-") or arguments[place - 1] == b"--url"
    assert "{" not in url or b"--globoff" in arguments


def test_secrets_are_masked_in_url_headers_and_body():
    secret = "sk-proj-" + "aB3" * 16
    headers = Headers([("Authorization", f"Bearer {secret}"), ("X-Api-Key", "0123456789abcdef")])
    request = Request("POST", f"{URL}?key=0123456789abcdef", headers, json.dumps({"api_key": secret}).encode())
    command = curl_command(request)
    assert secret not in command
    assert "0123456789abcdef" not in command
    assert "Authorization: •••" in command


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
@pytest.mark.process
def test_curl_itself_sends_what_was_recorded():
    received = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            received.append((self.headers["X-Odd"], self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            """Write nothing."""

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/"
        for body in HOSTILE:
            command = curl_command(Request("POST", url, Headers([("X-Odd", "it's $HOME")]), body))
            subprocess.run(["/bin/sh", "-c", command], check=True, capture_output=True)
        server.shutdown()
    assert received == [("it's $HOME", body) for body in HOSTILE]
