"""The viewer that runs for this user, if there is one. A file in a private folder tells its port and its token."""

import hashlib
import json
import os
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from viewer.pages.server.handover_message import HOST
from viewer.types.version import VERSION

_NAME = "running.json"
_SETTINGS_PREFIX = "VIEWER_"


@dataclass(frozen=True, slots=True)
class Running:
    """A viewer that runs, or did."""

    port: int
    token: str = field(repr=False)
    """Whoever knows it may hand files over."""
    build: str
    """What must be the same for another call to use this viewer."""

    @property
    def address(self) -> str:
        """The address of its start page, without a slash at the end."""
        return f"http://{HOST}:{self.port}"


def this_build(environment: Mapping[str, str] = os.environ) -> str:
    """Return which viewer this is: its version, where it is installed, and a hash of its settings in the environment."""
    settings = sorted((name, value) for name, value in environment.items() if name.startswith(_SETTINGS_PREFIX))
    told = hashlib.sha256(json.dumps(settings).encode()).hexdigest()[:16]
    return f"{VERSION} {Path(__file__).parents[2]} {told}"


def find_running(build: str, environment: Mapping[str, str] = os.environ) -> Running | None:
    """Return the viewer that this user's last call has started, or None. It may have ended since."""
    for folder in _folders(environment):
        with suppress(OSError, ValueError, TypeError, RecursionError):
            _check_private(folder)
            found = Running(**json.loads((folder / _NAME).read_bytes()))
            if found.build == build and isinstance(found.port, int):
                return found
    return None


def note_running(running: Running, environment: Mapping[str, str] = os.environ) -> Path:
    """Write the file by which other calls find a viewer, and return its path. Raise `OSError` if no folder can hold it."""
    reason = OSError("there is no folder for temporary files")
    for folder in _folders(environment):
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            _check_private(folder)
            # mkstemp makes a file that only this user can read.
            descriptor, part = tempfile.mkstemp(dir=folder)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(asdict(running), file)
            return Path(part).replace(folder / _NAME)
        except OSError as error:
            reason = error
    raise reason


def forget_running(path: Path, running: Running) -> None:
    """Delete the file of a viewer that ends, unless it has become another's."""
    with suppress(OSError, ValueError, KeyError):
        if json.loads(path.read_bytes())["token"] == running.token:
            path.unlink()


def _folders(environment: Mapping[str, str]) -> Iterator[Path]:
    """Yield the folders that may hold the file, the best first."""
    runtime = environment.get("XDG_RUNTIME_DIR", "")
    if runtime:
        yield Path(runtime) / "cassette-viewer"
    user = os.getuid() if hasattr(os, "getuid") else environment.get("USERNAME", "")
    with suppress(OSError):
        yield Path(tempfile.gettempdir()) / f"cassette-viewer-{user}"


def _check_private(folder: Path) -> None:
    """Raise `OSError` if others may read or write in a folder, or have made it: the folder for temporary files is everybody's."""
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode):
        raise NotADirectoryError(f"{folder} is not a folder")
    # Windows has no such modes, and a folder for temporary files for each user.
    if hasattr(os, "getuid") and (status.st_uid != os.getuid() or status.st_mode & 0o077):
        raise PermissionError(f"{folder} is not private to this user")
