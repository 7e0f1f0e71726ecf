"""Compare folders, archives or Git revisions of recordings for the command `diff`."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from posixpath import basename

from viewer.cli.files import STDIN, output_path, write_output
from viewer.cli.inputs import find_inputs
from viewer.cli.output import Status, fail, is_coloured, log
from viewer.cli.redaction import redaction_of
from viewer.comparison.aspects import Aspect
from viewer.comparison.folders.comparison import FolderComparison, compare_folders
from viewer.comparison.folders.markdown import as_markdown
from viewer.comparison.folders.revision_trees import Trees, revision_trees
from viewer.comparison.folders.text import as_text
from viewer.comparison.folders.tree import Tree, tree_of
from viewer.display.folder_diff_page import folder_diff_page
from viewer.files.entries import FolderLimits
from viewer.files.folders import members
from viewer.files.git_objects import Objects
from viewer.files.git_repository import find_repository
from viewer.types.limits import DEFAULT_LIMITS
from viewer.types.problems import CassetteError

_PAGE_NAME = "diff.html"
# A file in a folder may be as large as one that is compared by itself.
_LIMITS = FolderLimits(member_bytes=DEFAULT_LIMITS.file_bytes)


def is_folder(side: str) -> bool:
    """Tell whether an argument names a folder, or an archive of several recordings."""
    path = Path(side)
    return side != STDIN and (path.is_dir() or (path.is_file() and not find_inputs([side]).is_single))


def diff_folders(sides: Sequence[str], counted: frozenset[Aspect], chosen: argparse.Namespace) -> int:
    """Compare two folders or archives, and return the exit status."""
    left, right = map(_folder_tree, sides)
    for side, tree in zip(sides, (left, right), strict=True):
        if not tree.files and not tree.refused:
            return fail(f"{side}: holds no recordings. Name a folder or an archive of some.")
    comparison = compare_folders(left, right, redaction_of(chosen), counted)
    if not (comparison.compared or comparison.removed or comparison.added or comparison.failures):
        return fail(f"neither {sides[0]} nor {sides[1]} holds recordings.")
    return _write(comparison, chosen)


def diff_revisions(
    words: Sequence[str], paths: Sequence[str], counted: frozenset[Aspect], chosen: argparse.Namespace
) -> int:
    """Compare one or two Git revisions, and return the exit status."""
    with _revisions(words, paths) as (left, right):
        comparison = compare_folders(left, right, redaction_of(chosen), counted)
    return _write(comparison, chosen)


def revision_hint(side: str) -> str:
    """Return how to compare with a revision if an argument that names no file is one; "" if it is not one."""
    try:
        find_repository(Path.cwd()).revisions([side])
    except CassetteError:
        return ""
    return f"To compare with the revision {side}, write: cassette-viewer diff {side} -- PATH."


@contextmanager
def _revisions(words: Sequence[str], paths: Sequence[str]) -> Iterator[Trees]:
    repository = find_repository(Path.cwd())
    with Objects(repository, _LIMITS) as objects:
        yield revision_trees(repository, words, paths, objects, _LIMITS)


def _folder_tree(side: str) -> Tree:
    tree = tree_of(side, members(side, limits=_LIMITS))
    if Path(side).is_dir():
        return tree
    # Below an archive, names begin with its own.
    prefix = f"{basename(side)}/"
    return replace(tree, files=tuple(file._replace(name=file.name.removeprefix(prefix)) for file in tree.files))


def _write(comparison: FolderComparison, chosen: argparse.Namespace) -> int:
    """Write a comparison, and the page if one is asked for, after removing what any recording gave away."""
    written = comparison.checked(
        as_markdown(comparison) if chosen.markdown else as_text(comparison, colour=is_coloured())
    )
    sys.stdout.write(written)
    if chosen.report is not None:
        path = output_path(chosen.report)
        if path is not None and path.is_dir():
            path /= _PAGE_NAME
        page = folder_diff_page(comparison)
        write_output(path, page.encode())
        if path is not None:
            log(f"{path}: {len(page) / 1000:,.0f} kB.")
    if comparison.failures:
        return Status.FAILED
    return Status.FOUND if comparison.aspects else Status.DONE
