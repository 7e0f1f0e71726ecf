"""The recipes of docs/hosting.md: the app is started as each says, and asked as each host asks. No container and no proxy is needed."""

import contextlib
import http.client
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest
import yaml
from streamlit import config
from streamlit.web.server.starlette.starlette_server_config import DEFAULT_WEBSOCKET_PING_INTERVAL

from tests.conftest import ROOT
from tests.support.proxies import proxied

pytestmark = pytest.mark.process

PAGE = (ROOT / "docs/hosting.md").read_text("utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
SETTINGS = tomllib.loads((ROOT / ".streamlit/config.toml").read_text("utf-8"))
ELSEWHERE = "elsewhere.example"


def blocks(language, heading):
    """Return the code blocks of a language below a heading."""
    section = PAGE.split(f"\n{heading}\n", 1)[1]
    section = re.split(rf"\n#{{1,{heading.count('#')}}} ", section, maxsplit=1)[0]
    return re.findall(rf"```{language}\n(.*?)```", section, re.DOTALL)


def environment_of(dockerfile):
    lines = dockerfile.replace("\\\n", " ").splitlines()
    words = [word for line in lines if line.startswith("ENV ") for word in shlex.split(line.removeprefix("ENV "))]
    return dict(word.split("=", 1) for word in words)


def command_of(instruction):
    return json.loads(re.search(rf"^{instruction} .*?(\[.*\])$", DOCKERFILE, re.MULTILINE)[1])


def arguments_e(command):
    words = shlex.split(command.replace("\\\n", " "))
    return dict(words[at + 1].split("=", 1) for at, word in enumerate(words) if word == "-e")


def assignments(command):
    return dict(word.split("=", 1) for word in shlex.split(command) if re.match(r"[A-Z_]+=", word))


CONTAINER = environment_of(DOCKERFILE)
[NGINX] = blocks("nginx", "### nginx")
[CADDY] = blocks("caddy", "### Caddy")
[CLOUD] = blocks("toml", "## Streamlit Community Cloud")
POLICY = re.search(r'default +"(.*?)"', NGINX)[1]
NGINX_HEADERS = dict(re.findall(r"proxy_set_header (\S+) (\S+);", NGINX))


def copied_files(folder):
    """Copy what the Dockerfile copies, as .dockerignore allows it."""
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert "*" in lines
    for name in (line[1:] for line in lines if line.startswith("!")):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, target)
    return folder


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    return copied_files(tmp_path_factory.mktemp("image"))


@pytest.fixture(scope="module")
def cloud_fork(tmp_path_factory):
    """The repository with the two lines of its settings that Community Cloud needs."""
    fork = copied_files(tmp_path_factory.mktemp("fork"))
    settings = (fork / ".streamlit/config.toml").read_text("utf-8")
    for line in CLOUD.splitlines()[1:]:
        settings, count = re.subn(rf"^{line.split()[0]} = .*$", line, settings, flags=re.MULTILINE)
        assert count == 1
    (fork / ".streamlit/config.toml").write_text(settings)
    return fork


class Server:
    """The app, started as a recipe says, on a free port."""

    def __init__(self, folder, settings, command, log):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        self.environment = {"PATH": path, "HOME": str(log.parent), **settings, "STREAMLIT_SERVER_PORT": str(self.port)}
        self.base = "/" + settings.get("STREAMLIT_SERVER_BASE_URL_PATH", "")
        self.base = self.base.rstrip("/")
        self.log = log
        # Found in the new PATH, as a container does.
        program = shutil.which(command[0], path=path)
        with log.open("w") as output:
            self.process = subprocess.Popen(
                [program, *command[1:]], cwd=folder, env=self.environment, stdout=output, stderr=output
            )

    def ask(self, path, host, method="GET", **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request(method, self.base + path, headers={"Host": host, **headers})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer, text

    def handshake(self, host, origin):
        """Return the status of a WebSocket handshake as Streamlit's page begins it: 101 if it is accepted."""
        answer, _ = self.ask(
            "/_stcore/stream",
            host,
            Origin=origin,
            Connection="Upgrade",
            Upgrade="websocket",
            **{"Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="},
            **{"Sec-WebSocket-Protocol": "streamlit, PLACEHOLDER_AUTH_TOKEN"},
        )
        return answer.status

    def wait(self):
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self.process.poll() is None:
            with contextlib.suppress(OSError):
                # Under the address of a container, as its platform asks.
                if self.ask("/_stcore/health", f"10.0.0.7:{self.port}")[0].status == 200:
                    return
            time.sleep(0.1)
        pytest.fail(f"the app did not start: {self.log.read_text()}")


@pytest.fixture(scope="module")
def servers(image, cloud_fork, tmp_path_factory):
    """One server for each recipe, all started at once."""
    shares = {"VIEWER_SHARES": str(tmp_path_factory.mktemp("shares"))}
    run = command_of("CMD")
    docker = arguments_e(blocks("sh", "## Docker")[1])
    space = environment_of(blocks("dockerfile", "## Hugging Face Space")[0])
    path = assignments(blocks("sh", "### Below a path")[0])
    started = {}
    try:
        for name, folder, settings in (
            ("docker", image, {**CONTAINER, **docker}),
            ("space", image, {**CONTAINER, **space}),
            ("path", ROOT, path),
            ("cloud", cloud_fork, {}),
        ):
            log = tmp_path_factory.mktemp(name) / "log"
            started[name] = Server(folder, {**shares, **settings}, run, log)
        for server in started.values():
            server.wait()
        yield started
    finally:
        for server in started.values():
            server.process.terminate()
        for server in started.values():
            server.process.wait(20)
    for server in started.values():
        assert "Traceback" not in server.log.read_text()
        # Streamlit asks no service on the internet for the address of this machine.
        assert "external" not in server.log.read_text().lower()


HOSTS = {
    "docker": "viewer.example.com",
    "path": "example.com",
    "space": "owner-viewer.hf.space",
    "cloud": "cassettes.streamlit.app",
}


@pytest.mark.parametrize("name", HOSTS)
def test_a_host_reaches_the_app_under_its_name_and_no_other(servers, name):
    server, host = servers[name], HOSTS[name]
    for known in (host, f"{host}:8443", "localhost"):
        answer, text = server.ask("/", known)
        assert (answer.status, "Streamlit" in text) == (200, True)
        assert server.handshake(known, f"https://{known}") == 101
    assert server.ask("/_stcore/host-config", host, Referer=f"https://{host}{server.base}/library")[0].status == 200
    assert server.ask("/", ELSEWHERE)[0].status == 421
    assert server.handshake(ELSEWHERE, f"https://{ELSEWHERE}") == 403
    # The page that frames a Space, or any other, may not connect to it.
    assert server.handshake(host, "https://huggingface.co") == 403
    lines = [line for line in server.log.read_text().splitlines() if f"Host not allowed: {ELSEWHERE}" in line]
    assert len(lines) == 1


def test_published_pages_are_below_the_path_of_the_app(servers):
    answer, text = servers["path"].ask("/share/nothing", HOSTS["path"])
    assert (answer.status, "<h1>Page not found</h1>" in text) == (404, True)


def test_only_a_space_accepts_uploads_without_a_cookie(servers):
    # Accepted so far: what is missing is the session.
    statuses = {
        name: server.ask("/_stcore/upload_file/a/b", HOSTS[name], "PUT")[0].status for name, server in servers.items()
    }
    assert statuses == {"docker": 403, "path": 403, "cloud": 403, "space": 400}
    # A page of another site has to ask first, and is not told that it may.
    asked, _ = servers["space"].ask(
        "/_stcore/upload_file/a/b", HOSTS["space"], "OPTIONS", Origin="https://huggingface.co"
    )
    assert asked.headers["Access-Control-Allow-Origin"] is None


def test_behind_https_the_cookie_of_the_viewer_stays_on_https(servers):
    for name in ("docker", "space", "path"):
        answer, _ = servers[name].ask("/_stcore/host-config", HOSTS[name], **{"X-Forwarded-Proto": "https"})
        assert "; Secure" in answer.headers["Set-Cookie"]


@pytest.mark.parametrize("path", ["", "cassettes"])
def test_the_container_checks_its_own_health(servers, path):
    server = servers["path" if path else "docker"]
    check = [sys.executable, *command_of("HEALTHCHECK")[1:]]
    environment = {**server.environment, "STREAMLIT_SERVER_BASE_URL_PATH": path}
    assert subprocess.run(check, env=environment, check=False).returncode == 0
    wrong = {**environment, "STREAMLIT_SERVER_PORT": "9"}
    assert subprocess.run(check, env=wrong, check=False, stderr=subprocess.DEVNULL).returncode != 0


def test_the_container_runs_as_an_ordinary_user_with_the_id_that_a_space_requires():
    assert "useradd --create-home --uid 1000 viewer" in DOCKERFILE
    assert DOCKERFILE.index("\nUSER viewer") > DOCKERFILE.rindex("\nRUN ")


def test_every_variable_is_one_that_streamlit_reads():
    known = {option.env_var: option.key for option in config.get_config_options().values()}
    named = set(re.findall(r"STREAMLIT_[A-Z_]+", PAGE + DOCKERFILE))
    assert named
    assert named <= set(known)
    for key, variable in re.findall(r"^\| `([a-z]+\.\w+)` \| `(STREAMLIT_\w+)` \|", PAGE, re.MULTILINE):
        assert known[variable] == key


def test_a_space_sends_requests_to_the_port_of_the_container():
    [front_matter] = blocks("yaml", "## Hugging Face Space")
    about = yaml.safe_load(front_matter.strip().strip("-"))
    assert (about["sdk"], about["app_port"]) == ("docker", int(CONTAINER["STREAMLIT_SERVER_PORT"]))
    [copy] = blocks("sh", "## Hugging Face Space")
    allowed = re.findall(r"^!([\w.]+)", (ROOT / ".dockerignore").read_text("utf-8"), re.MULTILINE)
    archived = copy.removeprefix("git archive HEAD ").partition(" | ")[0].split()
    assert set(archived) == {"Dockerfile", ".dockerignore", *allowed}


def test_the_proxies_let_through_what_the_app_needs():
    server_name = re.search(r"server_name (\S+);", NGINX)[1]
    assert server_name in assignments(blocks("sh", "## Behind a reverse proxy")[0])["STREAMLIT_SERVER_ALLOWED_HOSTS"]
    assert CADDY.startswith(f"{server_name} {{")
    # A form with the file is a little larger than the file.
    upload_mb = SETTINGS["server"]["maxUploadSize"]
    assert int(re.search(r"client_max_body_size (\d+)m;", NGINX)[1]) > upload_mb
    assert int(re.search(r"max_size (\d+)MB", CADDY)[1]) > upload_mb
    assert int(re.search(r"proxy_read_timeout (\d+)s;", NGINX)[1]) > 2 * DEFAULT_WEBSOCKET_PING_INTERVAL
    assert f'Content-Security-Policy "{POLICY}"' in CADDY


RESOLVE = f"--host-resolver-rules=MAP {HOSTS['docker']} 127.0.0.1, MAP {ELSEWHERE} 127.0.0.1"


@pytest.fixture(scope="module")
def visitor(browser_type, browser_type_launch_args):
    """A browser for which the names of the recipes are this machine."""
    arguments = {**browser_type_launch_args, "args": [*browser_type_launch_args["args"], RESOLVE]}
    browser = browser_type.launch(**arguments)
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def replaced_host(visitor, servers):
    """A page behind a proxy that replaces the Host header, as nginx does by default. Opened early, since Streamlit tries six times."""
    headers = {**NGINX_HEADERS, "Host": "$proxy_host"}
    with proxied(servers["cloud"].port, headers) as port:
        page = visitor.new_page()
        page.goto(f"http://{ELSEWHERE}:{port}/")
        yield page
        page.close()


@pytest.mark.browser
@pytest.mark.usefixtures("replaced_host")
def test_a_page_loads_through_the_proxy_under_its_policy(visitor, servers):
    with proxied(servers["docker"].port, NGINX_HEADERS, f"Content-Security-Policy: {POLICY}") as port:
        page = visitor.new_page()
        errors = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.goto(f"http://{HOSTS['docker']}:{port}/?file=sample/grok-code-fast-1_simple_streaming.yaml")
        page.get_by_role("group", name="Replay of").wait_for()
        page.close()
    # Streamlit's HTML has one script of its own that no policy without 'unsafe-inline' runs, and works without it.
    assert [error for error in errors if "Executing inline script" not in error] == []


@pytest.mark.browser
@pytest.mark.usefixtures("replaced_host")
@pytest.mark.parametrize(
    ("scheme", "width", "ground"), [("light", 1200, "rgb(255, 255, 255)"), ("dark", 320, "rgb(14, 17, 23)")]
)
def test_a_refused_host_is_seen_on_the_page(visitor, servers, scheme, width, ground):
    page = visitor.new_page(viewport={"width": width, "height": 700}, color_scheme=scheme)
    answer = page.goto(f"http://{ELSEWHERE}:{servers['docker'].port}/library?file=x")
    assert answer.status == 421
    assert page.get_by_role("heading").inner_text() == f"Host not allowed: {ELSEWHERE}"
    assert f'STREAMLIT_SERVER_ALLOWED_HOSTS="{ELSEWHERE}"' in page.inner_text("dl")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == ground
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.close()


@pytest.mark.browser
def test_a_page_whose_host_a_proxy_replaces_says_what_to_change(replaced_host):
    replaced_host.get_by_text("Address not allowed: http://elsewhere.example").wait_for()
    assert "--server.corsAllowedOrigins http://elsewhere.example" in replaced_host.inner_text("body")
