"""The files that differ between two revisions of a Git repository, read without a checkout.

The program `git` is asked, so the answers are those of the user's own Git. Nothing of the repository is run or changed: external
diff programs, text conversions, filters and file system monitors are turned off. `viewer.files.git_objects` reads the contents.
"""

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from viewer.text.safe import safe_path
from viewer.types.problems import CassetteError

_FILE_MODES = ("100644", "100755")
_SUBMODULE_MODE = "160000"
_ABSENT_MODE = "000000"
_DIFF = (
    "diff",
    "--raw",
    "-z",
    "--no-abbrev",
    "--no-relative",
    "--no-renames",
    "--no-ext-diff",
    "--no-textconv",
    "--ignore-submodules=dirty",
)
_FILTER_SETTINGS = r"^filter\..*\.(clean|process)$"
_OWN_SCOPES = ("local", "worktree")
_NO_REPOSITORY = "not a git repository"


class Blob(NamedTuple):
    """A file as one side has it."""

    mode: str
    """As Git writes it in octal digits."""
    id: str
    """The id of its content; "" if it has to be read from the working tree."""

    @property
    def is_file(self) -> bool:
        """Whether it is neither a link nor a submodule."""
        return self.mode in _FILE_MODES

    @property
    def is_submodule(self) -> bool:
        """Whether it is a commit of another repository."""
        return self.mode == _SUBMODULE_MODE


class ChangedFile(NamedTuple):
    """A file that differs; None on the side that does not have it."""

    path: str
    """Relative to the top of the repository."""
    left: Blob | None
    right: Blob | None


class Revisions(NamedTuple):
    """The two sides of a comparison: ids of trees or commits. `right` is None for the working tree."""

    left: str
    right: str | None


@dataclass(frozen=True)
class Repository:
    """A Git repository, asked from one of its folders."""

    folder: Path
    """Paths that are given are relative to it."""
    top: Path
    """The top of the working tree."""

    def revisions(self, words: Sequence[str]) -> Revisions:
        """Return what one or two arguments name, such as `HEAD~1`, `main release`, `main..HEAD` and `main...HEAD`.

        Raises:
            CassetteError: a revision is not known, or two have no common ancestor.
        """
        if len(words) == 2:
            return Revisions(*map(self._resolve, words))
        [word] = words
        for dots in ("...", ".."):
            if dots in word:
                begin, end = (self._resolve(part or "HEAD") for part in word.split(dots, 1))
                return Revisions(self._merge_base(begin, end, word) if dots == "..." else begin, end)
        return Revisions(self._resolve(word), None)

    def _resolve(self, word: str) -> str:
        object_id = "" if word.startswith("-") else self._try("rev-parse", "--verify", "--quiet", word).strip()
        # A tree, such as HEAD:cassettes, can be compared as well as a commit, but has no ancestors.
        kinds = ("commit", "tree") if object_id else ()
        answers = (self._try("rev-parse", "--verify", "--quiet", f"{object_id}^{{{kind}}}") for kind in kinds)
        found = next(filter(None, answers), "").strip()
        if not found:
            raise CassetteError(
                safe_path(word, 200),
                "is not a revision of this repository.",
                "Check its name; a shallow clone, as CI makes it, lacks older ones: use `fetch-depth: 0` or `git fetch --unshallow`.",
            )
        return found

    def _merge_base(self, begin: str, end: str, word: str) -> str:
        base = self._try("merge-base", begin, end).strip()
        if not base:
            raise CassetteError(
                safe_path(word, 200), "the two revisions have no common ancestor here.", "Use two dots."
            )
        return base

    def changed(self, revisions: Revisions, paths: Sequence[str]) -> list[ChangedFile]:
        """Return the files that differ, sorted by path. In the working tree, untracked files count unless they are ignored."""
        sides = [side for side in revisions if side is not None]
        fields = self._ask(*_DIFF, *sides, "--", *paths, settings=self._filters_off()).split("\0")
        rows = (_changed_file(info, path) for info, path in zip(fields[:-1:2], fields[1::2], strict=True))
        # A file with a merge conflict has two rows, of which one has neither side.
        found = {row.path: row for row in rows if row.left or row.right}
        if revisions.right is None:
            others = self._ask("ls-files", "--others", "--exclude-standard", "--full-name", "-z", "--", *paths)
            for path in others.split("\0")[:-1]:
                before = found[path].left if path in found else None
                found[path] = ChangedFile(path, before, Blob(_FILE_MODES[0], ""))
        if not found:
            self._refuse_unmatched(revisions.left, paths)
        return [found[path] for path in sorted(found)]

    def _refuse_unmatched(self, tree: str, paths: Sequence[str]) -> None:
        """Raise `CassetteError` for a path that names nothing: with a typing error, nothing would ever differ."""
        for path in paths:
            if _run(self.folder, "ls-files", "--error-unmatch", f"--with-tree={tree}", "--", path).returncode:
                advice = "It may be misspelled, ignored, or in a submodule. Paths are relative to the current folder."
                raise CassetteError(safe_path(path, 200), "names no file that Git knows here.", advice)

    def ids(self, tree: str) -> Mapping[str, Blob]:
        """Return every file of a revision by its path."""
        listed = self._ask("ls-tree", "-r", "-z", "--full-tree", tree).split("\0")[:-1]
        found: dict[str, Blob] = {}
        for row in listed:
            info, _, path = row.partition("\t")
            mode, _, object_id = info.split()
            found[path] = Blob(mode, object_id)
        return {path: blob for path, blob in found.items() if blob.is_file}

    def _filters_off(self) -> dict[str, str]:
        """Return the settings that turn off the filters that the repository itself configures: to compare a file, Git would run them.

        Those of the user, such as Git LFS, are left on.
        """
        listed = self._try("config", "--show-scope", "--name-only", "-z", "--get-regexp", _FILTER_SETTINGS).split("\0")
        rows = zip(listed[:-1:2], listed[1::2], strict=True)
        filters = {name.rpartition(".")[0] for scope, name in rows if scope in _OWN_SCOPES}
        return {
            f"{one}.{setting}": value
            for one in sorted(filters)
            for setting, value in (("clean", ""), ("process", ""), ("required", "false"))
        }

    def _ask(self, *arguments: str, settings: Mapping[str, str] | None = None) -> str:
        asked = _run(self.folder, *arguments, settings=settings)
        if asked.returncode:
            reason = _message(asked.stderr) or f"failed with exit status {asked.returncode}."
            raise CassetteError(f"git {arguments[0]}", reason)
        return os.fsdecode(asked.stdout)

    def _try(self, *arguments: str) -> str:
        asked = _run(self.folder, *arguments)
        return "" if asked.returncode else os.fsdecode(asked.stdout)


def find_repository(folder: Path) -> Repository:
    """Return the repository that a folder belongs to. Raise `CassetteError` if there is none, or Git is not installed."""
    asked = _run(folder, "rev-parse", "--show-toplevel")
    if asked.returncode:
        message = _message(asked.stderr)
        if _NO_REPOSITORY in message:
            advice = "Run it in a repository, or name two folders: cassette-viewer diff A B."
            raise CassetteError(str(folder), "is not in a Git repository.", advice)
        raise CassetteError(str(folder), message or "Git cannot read the repository.")
    return Repository(folder, Path(os.fsdecode(asked.stdout).rstrip("\n")))


def _run(
    folder: Path, *arguments: str, settings: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(  # noqa: S603 - a list, without a shell
            git_command(*arguments), cwd=folder, capture_output=True, check=False, env=git_environment(settings)
        )
    except FileNotFoundError as error:
        raise CassetteError("git", "is not installed.", "Install Git, or name two folders.") from error


def git_command(*arguments: str) -> list[str]:
    """Return the call of Git with some arguments."""
    return ["git", "--no-pager", "-c", "core.fsmonitor=false", *arguments]


def git_environment(settings: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the variables with which Git is called, and which set some of its settings."""
    given = os.environ.get("GIT_CONFIG_COUNT", "")
    begin = int(given) if given.isdecimal() else 0
    configured = {"GIT_CONFIG_COUNT": str(begin + len(settings))} if settings else {}
    # A name may hold "=", which the option -c does not allow.
    for index, (name, value) in enumerate((settings or {}).items(), begin):
        configured |= {f"GIT_CONFIG_KEY_{index}": name, f"GIT_CONFIG_VALUE_{index}": value}
    # Messages in English are recognised; a comparison writes no index, and fetches nothing that a partial clone lacks.
    return {**os.environ, **configured, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1"}


def _message(stderr: bytes) -> str:
    lines = stderr.decode(errors="replace").strip().splitlines()
    return lines[0].removeprefix("fatal: ").removeprefix("error: ") if lines else ""


def _changed_file(info: str, path: str) -> ChangedFile:
    """Read one line of `git diff --raw`: modes, ids and the status."""
    left_mode, right_mode, left_id, right_id, _ = info.removeprefix(":").split()
    left, right = (
        None if mode == _ABSENT_MODE else Blob(mode, "" if not id_.strip("0") else id_)
        for mode, id_ in ((left_mode, left_id), (right_mode, right_id))
    )
    return ChangedFile(path, left, right)
