import contextlib
import csv
import os
import shutil
import sys
from pathlib import Path

import orjson
import pytest
from hypothesis import settings
from playwright.sync_api import expect

import viewer

# Test machines stall, so the time of one example says nothing.
settings.register_profile("tests", deadline=None)
settings.load_profile("tests")
expect.set_options(timeout=15_000)

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "sample_cassettes"
SEED = SAMPLES / "grok-code-fast-1_simple_streaming.yaml"
SHARED = ROOT.parent / "shared"
BROWSER_FIXTURES = {"browser", "browser_type", "page"}
# Each of these opens hundreds of damaged files of one recorder.
DAMAGE_TESTS = ("test_no_damage", "test_a_value_of_any_type_in_any_place")
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


PAGES = Path(__file__).parent / "pages"


def pytest_collection_modifyitems(items):
    """Mark tests by the fixtures they use and by their names, so that none is forgotten. `scripts/test --quick` leaves the marked ones out."""
    for item in items:
        fixtures = set(item.fixturenames)
        if fixtures & BROWSER_FIXTURES:
            item.add_marker("browser")
        if item.name.startswith(DAMAGE_TESTS):
            item.add_marker("damage")
        if item.path.is_relative_to(PAGES):
            item.add_marker("pages")
        if "shared" in fixtures:
            item.add_marker("corpus")
        if fixtures & {"dask_cluster", "on_terminal", "server"}:
            item.add_marker("process")


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable():
    """Escape half surrogate pairs in reports: a worker cannot send them, and would end the whole run instead of one test."""
    data = yield
    return data and _encodable(data)


def _encodable(value):
    if isinstance(value, str):
        return value.encode(errors="backslashreplace").decode()
    if isinstance(value, dict):
        return {_encodable(key): _encodable(item) for key, item in value.items()}
    return type(value)(map(_encodable, value)) if type(value) in (list, tuple) else value


@pytest.fixture(autouse=True)
def main_program():
    """Streamlit's AppTest leaves its script as the main program. Each process that is spawned later would run it, and die."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture(scope="session")
def seed_bytes():
    return SEED.read_bytes()


@pytest.fixture(scope="session")
def seed():
    return viewer.load(SEED)


@pytest.fixture(scope="session")
def seed_stream(seed):
    return seed.streams[0]


@pytest.fixture(scope="session")
def seed_body(seed):
    return seed.interactions[0].response.body


@pytest.fixture(scope="session")
def shared():
    """The folder of recordings next to the repository. Tests that need it are skipped with a reason if it is absent."""
    if not SHARED.is_dir():
        pytest.skip(
            "the shared recordings are not next to this checkout; small recordings in the repository are still tested"
        )
    return SHARED


@pytest.fixture(scope="session")
def corpus(shared):
    return shared / "corpus"


@pytest.fixture(scope="session")
def facts(corpus):
    """One row for each stream of the corpus, made by an independent program."""
    return [orjson.loads(line) for line in (corpus / "facts.jsonl").read_bytes().splitlines()]


@pytest.fixture(scope="session")
def oracle(corpus):
    """What the official SDK makes of each stream, by path and interaction."""
    rows = [orjson.loads(line) for line in (corpus / "oracle.jsonl").read_bytes().splitlines()]
    return {(row["path"], row["i"]): row for row in rows}


@pytest.fixture(scope="session")
def catalog(corpus):
    """One row for each file of the corpus, made by an independent program."""
    with (corpus / "catalog.csv").open(newline="") as table:
        return list(csv.DictReader(table))


@pytest.fixture(scope="session")
def cassettes(corpus, catalog):
    """Every file of the corpus that opens, by path."""
    opened = {}
    for row in catalog:
        with contextlib.suppress(viewer.CassetteError):
            opened[row["path"]] = viewer.load(corpus / row["path"])
    return opened


@pytest.fixture
def dask_cluster(tmp_path):
    """An executor of two processes of a Dask cluster on this machine."""
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            local_directory=str(tmp_path / "dask"),
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client.get_executor(pure=False)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Use the system's Chromium if there is one, else the one that Playwright downloaded."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    arguments = ["--disable-background-networking", "--disable-component-update", "--disable-gpu"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--no-sandbox")
    executable = {"executable_path": found} if found else {}
    return {**browser_type_launch_args, **executable, "args": arguments}


@pytest.fixture
def strict(page):
    """A page. At the end of the test, no error, dialog or network request may have occurred."""
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text))
    page.on("dialog", lambda dialog: (errors.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.on(
        "request", lambda request: None if request.url.startswith(("file:", "about:")) else errors.append(request.url)
    )
    yield page
    assert errors == []
