"""Small real Git repositories."""

import os
import subprocess

# No settings of the user or the machine, and always the same author and time.
ENVIRONMENT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.com",
    "GIT_AUTHOR_DATE": "2025-01-01T00:00:00Z",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.com",
    "GIT_COMMITTER_DATE": "2025-01-01T00:00:00Z",
}


class GitRepository:
    """A repository with its working tree."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments, check=True):
        """Run Git and return what it writes."""
        ran = subprocess.run(
            ["git", *arguments],  # noqa: S607 - the user's Git
            cwd=self.folder,
            env={**os.environ, **ENVIRONMENT},
            capture_output=True,
            text=True,
            check=check,
        )
        return ran.stdout.strip()

    def write(self, **files):
        """Write files; "__" in a name stands for "/", and None removes a file."""
        for name, data in files.items():
            self.put(name.replace("__", "/") + ".har", data)

    def put(self, name, data):
        """Write one file, or remove it if `data` is None."""
        path = self.folder / name
        if data is None:
            path.unlink()
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())

    def commit(self, message="change"):
        """Commit everything, and return the id."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")
