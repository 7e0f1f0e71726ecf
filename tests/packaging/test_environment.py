"""`scripts/environment` makes .venv on machines whose Python lacks the module venv, or says how to."""

import shutil
import subprocess
import sys

import pytest
from uv import find_uv_bin

from tests.conftest import ROOT

pytestmark = pytest.mark.process

# As Debian's without the package python3-venv, run by an ordinary user.
PYTHON = f"""#!/bin/sh
case "$*" in "-m v"*) echo "No module named venv" >&2; exit 1 ;; esac
exec {sys.executable} "$@"
"""
ORDINARY_USER = "#!/bin/sh\necho 1000\n"
VIRTUALENV = f"""#!/bin/sh
for last; do :; done
{sys.executable} -m venv --without-pip "$last" && mkdir "$last/lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages/pip"
"""


class Machine:
    """A checkout, and a folder of all commands that there are."""

    def __init__(self, folder, surroundings):
        self.folder = folder
        self.commands = folder / "commands"
        self.commands.mkdir()
        shutil.copytree(ROOT / "scripts", folder / "checkout" / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
        self._environment = {
            **surroundings,
            "PATH": str(self.commands),
            "PYTHON": str(self.commands / "python3"),
        }
        for name in ("mkdir", "rm"):
            (self.commands / name).symlink_to(shutil.which(name))
        self.add("python3", PYTHON)
        self.add("id", ORDINARY_USER)

    def add(self, name, script):
        path = self.commands / name
        path.write_text(script)
        path.chmod(0o755)

    def make(self):
        """Return the exit status of `. scripts/environment` and what it writes."""
        run = subprocess.run(
            ["/bin/sh", "-euc", ". scripts/environment"],
            cwd=self.folder / "checkout",
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return run.returncode, run.stdout, run.stderr

    @property
    def has_pip(self):
        """Whether pip can be used afterwards."""
        python = self.folder / "checkout" / ".venv" / "bin" / "python"
        return subprocess.run([python, "-c", "import pip"], check=False, capture_output=True).returncode == 0


@pytest.fixture
def machine(tmp_path, surroundings):
    return Machine(tmp_path, surroundings)


def test_without_venv_and_root_one_line_says_both_ways_out(machine):
    status, out, err = machine.make()
    assert (status, out) == (1, "")
    assert err.count("\n") == 1
    assert err.startswith("cassette-viewer: could not make .venv: this Python lacks the module venv.")
    assert "As root, 'apt install python3-venv'" in err
    assert "without root, install uv or virtualenv" in err
    assert not (machine.folder / "checkout" / ".venv").exists()


def test_uv_makes_it_where_it_is(machine):
    (machine.commands / "uv").symlink_to(find_uv_bin())
    assert machine.make() == (0, "", "")
    assert machine.has_pip


def test_virtualenv_makes_it_where_it_is(machine):
    machine.add("virtualenv", VIRTUALENV)
    assert machine.make() == (0, "", "")
    assert machine.has_pip
