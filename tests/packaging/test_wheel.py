"""What the wheel contains and says about itself, and that it works where nothing of the checkout is."""

import contextlib
import hashlib
import os
import re
import signal
import subprocess
import tarfile
import tomllib
import urllib.request
import zipfile
from email import message_from_bytes
from pathlib import PurePosixPath

import pytest

from tests.conftest import ROOT, SAMPLES, SEED
from viewer.types.version import VERSION

pytestmark = pytest.mark.process

CODE = {".py", ".js", ".css"}
SHIPPED = "viewer/pages/shipped"


@pytest.fixture(scope="module")
def contents(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def test_the_wheel_holds_the_code_the_samples_the_settings_and_nothing_else(contents):
    code = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "viewer").rglob("*")
        if path.suffix in CODE and "__pycache__" not in path.parts
    }
    samples = {f"{SHIPPED}/samples/{path.name}" for path in SAMPLES.iterdir()}
    about = f"cassette_viewer-{VERSION}.dist-info"
    said = {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE", "top_level.txt"}
    rest = {"viewer/py.typed", f"{SHIPPED}/settings/config.toml", *(f"{about}/{name}" for name in said)}
    assert set(contents) == code | samples | rest
    assert contents[f"{SHIPPED}/settings/config.toml"] == (ROOT / ".streamlit" / "config.toml").read_bytes()
    assert contents[f"{SHIPPED}/samples/{SEED.name}"] == SEED.read_bytes()


def test_the_wheel_is_small(wheel):
    # Before the samples. A tenth of it is what each of 900 files costs a zip file.
    with zipfile.ZipFile(wheel) as archive:
        samples = sum(info.compress_size for info in archive.infolist() if "/samples/" in info.filename)
    assert wheel.stat().st_size - samples < 1_800_000


def test_a_wheel_can_be_built_from_the_source_distribution_alone(wheel):
    # `wheel` was. What the build reads must be in it.
    (path,) = wheel.parent.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {
            PurePosixPath(name).relative_to(f"cassette_viewer-{VERSION}").as_posix() for name in archive.getnames()
        }
    assert {"pyproject.toml", "setup.py", "requirements.txt", "LICENSE", "README.md"} <= names


def test_the_metadata_says_what_an_index_shows(contents):
    (text,) = (data for name, data in contents.items() if name.endswith("/METADATA"))
    said = message_from_bytes(text)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert said["Name"] == "cassette-viewer"
    assert said["Version"] == VERSION
    assert said["License-Expression"] == "MIT"
    assert said.get_all("License-File") == ["LICENSE"]
    assert said["Requires-Python"] == ">=3.11"
    assert said["Description-Content-Type"] == "text/markdown"
    # An index shows it without the checkout, and twine refuses a package without one.
    assert said.get_payload().startswith("# ")
    assert "Typing :: Typed" in said.get_all("Classifier")
    # The licence expression replaces it, and an index refuses both (PEP 639).
    assert not any(one.startswith("License ::") for one in said.get_all("Classifier"))
    required = [line.split("#")[0].strip() for line in (ROOT / "requirements.txt").read_text().splitlines()]
    found = [one for one in said.get_all("Requires-Dist") if "extra ==" not in one]
    assert sorted(map(_spelled, found)) == sorted(map(_spelled, required))
    assert set(said.get_all("Provides-Extra")) == set(project["optional-dependencies"])


def _spelled(requirement):
    name, *versions = re.split(r"(?=[<>])|,", requirement.replace(" ", ""))
    return name, frozenset(filter(None, versions))


def get(address):
    with urllib.request.urlopen(address) as answer:  # noqa: S310 - our own server
        return answer.read().decode(), answer.url


@contextlib.contextmanager
def started(installed, *arguments):
    """Start the viewer as a shell would. Yield the address that it prints, then press Ctrl-C: it ends well, and complains of nothing."""
    command, environment, folder = installed
    with subprocess.Popen(
        [*command, "open", "--no-browser", *arguments],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            said = process.stdout.readline()
            assert said.startswith("The viewer runs until Ctrl-C: http://127.0.0.1:"), process.stderr.read()
            yield said.split()[-1]
        finally:
            os.killpg(process.pid, signal.SIGINT)
            out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (0, "", "")


def test_one_command_opens_a_recording_in_a_fresh_environment_with_a_home_that_cannot_be_written(installed, tmp_path):
    command, environment, folder = installed
    # Settings of another project in the folder in which the command runs are not the viewer's.
    (folder / ".streamlit").mkdir()
    (folder / ".streamlit" / "config.toml").write_text('[server]\naddress = "0.0.0.0"\nbaseUrlPath = "other"\n')
    recording = tmp_path / "my recording.yaml"
    recording.write_bytes(SEED.read_bytes())
    with started(installed, str(recording), "--event", "40") as address:
        server = address.partition("/open/")[0]
        assert get(f"{server}/_stcore/health")[0] == "ok"
        page, shown = get(address)
        assert "<title>Streamlit</title>" in page
        key = hashlib.sha256(SEED.read_bytes()).hexdigest()
        assert shown == f"{server}/?file={key}&name=my+recording.yaml&stream=0&event=40"
        # A second call hands its files over and ends. It finds the changed file, and the samples that came with the wheel.
        recording.write_bytes((SAMPLES / "qwen3_ollama.ndjson").read_bytes())
        again = subprocess.run(
            [*command, "open", "--no-browser", str(recording)],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
        assert (again.returncode, again.stderr) == (0, "")
        assert again.stdout.startswith(f"The viewer that runs already shows it: {server}/open/")
        assert key not in get(again.stdout.split()[-1])[1]
    # Nothing is left that a later call would take for a viewer.
    assert list((folder / "runtime" / "cassette-viewer").iterdir()) == []
