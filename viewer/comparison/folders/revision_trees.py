"""The two sides of a comparison of revisions: the files that differ between them, read from the repository or the working tree."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from posixpath import basename, splitext
from typing import NamedTuple

from viewer.comparison.folders.tree import Tree, TreeFile
from viewer.files.entries import Content, FolderLimits, LocalFile, Refused
from viewer.files.git_objects import Objects, RevisionFiles
from viewer.files.git_repository import Blob, ChangedFile, Repository, Revisions
from viewer.files.not_recordings import reason_to_skip_path
from viewer.files.sidecars import PLAYWRIGHT_BODY, bodies_among
from viewer.text.safe import safe_path

WORKING_TREE = "the working tree"
_SUBMODULE = "is a submodule: run `diff` in it to compare its recordings."
_BODY_FOLDER = re.compile(r"(?:^|/)(?:__files|[^/]+\.(?:blobs|assets))/")
_SHOWN_ID = 10


class Trees(NamedTuple):
    """Both sides."""

    left: Tree
    right: Tree


def revision_trees(
    repository: Repository, words: Sequence[str], paths: Sequence[str], objects: Objects, limits: FolderLimits
) -> Trees:
    """Return the sides that one or two revisions name. With one revision, the other side is the working tree.

    Args:
        repository: where to look.
        words: one or two revisions, as they were typed.
        paths: pathspecs of Git, relative to the folder in which the repository is asked.
        objects: reads the contents when they are asked for.
        limits: upper limits on the size of a file.

    Raises:
        CassetteError: a revision or a path is not known.
    """
    revisions = repository.revisions(words)
    changed = repository.changed(revisions, paths)
    has_bodies = any(_may_be_body(one.path) for one in changed)
    if has_bodies:
        changed = with_recordings_of_bodies(changed, repository.ids(revisions.left))

    def read_from(tree: str) -> Callable[[str, Blob], Callable[[], Content]]:
        files = RevisionFiles(repository, tree, objects)
        return lambda path, blob: partial(files.content, path, blob.id)

    def read_from_disk(path: str, _: Blob) -> Callable[[], Content]:
        return LocalFile(str(repository.top / path), 0, limits)

    left, right = _names(words, revisions)
    read_right = read_from_disk if revisions.right is None else read_from(revisions.right)
    return Trees(
        _tree(left, ((one.path, one.left) for one in changed), read_from(revisions.left), has_bodies=has_bodies),
        _tree(right, ((one.path, one.right) for one in changed), read_right, has_bodies=has_bodies),
    )


def with_recordings_of_bodies(changed: Sequence[ChangedFile], ids: Mapping[str, Blob]) -> list[ChangedFile]:
    """Return changed files without the bodies of recordings, and with the recordings whose bodies changed.

    `ids` are the files of the left side.
    """
    bodies = bodies_among({*ids, *(one.path for one in changed)})
    known = {one.path for one in changed}
    places = {bodies[path] for path in known if path in bodies}
    beside = [
        ChangedFile(path, blob, blob)
        for path, blob in ids.items()
        if path not in bodies and path not in known and _is_at(path, places)
    ]
    return sorted([*(one for one in changed if one.path not in bodies), *beside])


def _may_be_body(path: str) -> bool:
    return bool(_BODY_FOLDER.search(path) or PLAYWRIGHT_BODY.fullmatch(basename(path)))


def _is_at(path: str, places: Iterable[str]) -> bool:
    """Tell whether a recording may have its bodies at one of some places: next to it under its name, or in its folder."""
    return any(splitext(path)[0] == place or path.startswith(f"{place}/" if place else "") for place in places)


def _names(words: Sequence[str], revisions: Revisions) -> tuple[str, str]:
    """Return what the output calls both sides: what was typed, and the commit that it is."""
    left, right = revisions.left[:_SHOWN_ID], (revisions.right or "")[:_SHOWN_ID]
    begin, dots, end = words[0].partition("..")
    if len(words) == 2:
        begin, end = words
    elif end.startswith("."):
        begin, end = f"merge base of {words[0]}", end[1:]
    names = safe_path(begin or "HEAD", 200), safe_path(end or "HEAD", 200)
    shown_right = f"{names[1]} ({right})" if dots or len(words) == 2 else WORKING_TREE
    return f"{names[0]} ({left})", shown_right


def _tree(
    name: str,
    files: Iterable[tuple[str, Blob | None]],
    read: Callable[[str, Blob], Callable[[], Content]],
    *,
    has_bodies: bool,
) -> Tree:
    found: list[TreeFile] = []
    others: list[Refused] = []
    skipped = 0
    for path, blob in files:
        if blob is None:
            continue
        shown = safe_path(path, 1_000)
        if blob.is_submodule:
            others.append(Refused(shown, _SUBMODULE))
        elif not blob.is_file or reason_to_skip_path(path):
            skipped += 1
        else:
            found.append(TreeFile(shown, read(path, blob)))
    return Tree(name, tuple(found), others=tuple(others), skipped=skipped, has_bodies=has_bodies)
