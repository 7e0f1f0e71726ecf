"""The folders that the command `open` was given, each listed for the browser that it opened. Their files are read when they are shown."""

from functools import cache
from threading import Lock

_MAX_FOLDERS = 20
_MAX_BROWSERS = 100


class OpenedFolders:
    """Paths of folders and archives by browser. Those opened first are forgotten first."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._paths: dict[str, list[str]] = {}

    def add(self, browser: str, path: str) -> None:
        """List a folder for a browser."""
        with self._lock:
            others = [one for one in self._paths.pop(browser, []) if one != path]
            self._paths[browser] = [path, *others][:_MAX_FOLDERS]
            while len(self._paths) > _MAX_BROWSERS:
                del self._paths[next(iter(self._paths))]

    def of(self, browser: str) -> list[str]:
        """Return the folders of a browser, the latest first."""
        with self._lock:
            return [*self._paths.get(browser, [])]


@cache
def opened_folders() -> OpenedFolders:
    """Return the folders of this server."""
    return OpenedFolders()
