"""Compare two folders, archives or revisions: recording by recording, keeping only what changed.

Each file is opened once (a renamed one twice), in one process, and of two equal files only one. Secrets are removed from both sides of a
pair that differs before its differences are taken, as for two recordings.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, get_args

from viewer.comparison.aspects import ASPECTS, Aspect
from viewer.comparison.comparison import CassetteComparison, compare, compare_sides
from viewer.comparison.folders.changes import InteractionChange, interaction_changes
from viewer.comparison.folders.pairing import Lone, pair_by_content, pair_by_path, requests_digest
from viewer.comparison.folders.totals import Totals
from viewer.comparison.folders.tree import OpenedFile, Tree, TreeFile, digest_of, open_tree_file
from viewer.comparison.side import side
from viewer.redaction.cassette import Redaction
from viewer.redaction.finder import SecretFinder
from viewer.redaction.findings import Ledger
from viewer.redaction.known_values import KnownValue, KnownValues
from viewer.redaction.outputs import outgoing_together, text_redactor
from viewer.redaction.rules import Rules
from viewer.redaction.texts import redact_text
from viewer.redaction.verification import check_output
from viewer.streams.cassette import Cassette
from viewer.types.problems import CassetteError

SideLetter = Literal["A", "B"]
"""What the output calls a side."""
_LETTERS: tuple[SideLetter, ...] = get_args(SideLetter)

# Of one text. Only its first lines are shown, and hundreds of recordings have to be compared in seconds.
_MAX_STEPS = 150_000


class FileChange(NamedTuple):
    """Two recordings of which something changed."""

    left: str
    """Its name on the left side."""
    right: str
    interactions: tuple[InteractionChange, ...]

    @property
    def is_renamed(self) -> bool:
        """Whether the two have different names."""
        return self.left != self.right


class LoneFile(NamedTuple):
    """A recording that only one side has."""

    name: str
    interactions: int


class Unopened(NamedTuple):
    """A file that could not be compared, and why."""

    name: str
    side: SideLetter | Literal[""]
    """The side it is on; "" for both."""
    reason: str
    is_failure: bool
    """Whether it is a recording that is broken, and not a file of another kind."""


@dataclass(slots=True)
class FolderComparison:
    """Everything that differs between two folders."""

    left: str
    right: str
    chosen: frozenset[Aspect]
    """The aspects that count."""
    changed: list[FileChange] = field(default_factory=list)
    """Recordings that differ in the chosen aspects, by name."""
    same: int = 0
    """How many recordings do not differ in them."""
    removed: list[LoneFile] = field(default_factory=list)
    """Recordings that only the left side has."""
    added: list[LoneFile] = field(default_factory=list)
    renamed: list[tuple[str, str]] = field(default_factory=list)
    """Old and new names. They are also in `changed`, or counted as the same."""
    unopened: list[Unopened] = field(default_factory=list)
    skipped: int = 0
    """How many files are obviously not recordings: by their names, or because they are binary."""
    totals: Totals = field(default_factory=Totals)
    removed_values: dict[KnownValue, None] = field(default_factory=dict, repr=False)
    """Secrets that were removed from any of the recordings."""

    @property
    def compared(self) -> int:
        """How many pairs of recordings were compared."""
        return len(self.changed) + self.same

    @property
    def failures(self) -> list[Unopened]:
        """Recordings that could not be compared."""
        return [one for one in self.unopened if one.is_failure]

    @property
    def aspects(self) -> tuple[Aspect, ...]:
        """The aspects in which any recording differs, in the order of `ASPECTS`."""
        found = {aspect for file in self.changed for one in file.interactions for aspect in one.aspects}
        if (self.removed or self.added) and "interactions" in self.chosen:
            found.add("interactions")
        return tuple(aspect for aspect in ASPECTS if aspect in found)

    def checked(self, output: str) -> str:
        """Return an output without anything that was removed from any of the recordings, wherever it stood.

        Raises:
            CassetteError: it still holds such a value.
        """
        known = KnownValues(self.removed_values)
        if not known:
            return output
        rules = Rules(SecretFinder((), known=(known.find,)), Ledger())
        cleaned = redact_text(output, rules, "output")
        check_output(cleaned, known, "the comparison")
        return cleaned


def compare_folders(
    left: Tree,
    right: Tree,
    options: Redaction | None,
    chosen: Collection[Aspect] = ASPECTS,
) -> FolderComparison:
    """Compare two sides.

    Args:
        left: the side called A.
        right: the side called B.
        options: what to remove from the recordings before they are compared; None compares them as recorded.
        chosen: the aspects that count.
    """
    return _Run(left, right, options, frozenset(chosen)).run()


class _Run:
    """One comparison of two folders while it goes on."""

    def __init__(
        self,
        left: Tree,
        right: Tree,
        options: Redaction | None,
        chosen: frozenset[Aspect],
    ) -> None:
        self._options = options
        self._has_bodies = left.has_bodies or right.has_bodies
        self._files = pair_by_path(left.files, right.files)
        # A path may hold a secret as well as a recording may.
        self._shown = text_redactor(options) if options else str
        self.result = FolderComparison(left.name, right.name, chosen, skipped=max(left.skipped, right.skipped))
        for letter, tree in zip(_LETTERS, (left, right), strict=True):
            for one in tree.refused:
                self._cannot(one.name, letter, one.reason, is_failure=True)
            for one in tree.others:
                self._cannot(one.name, letter, one.reason, is_failure=False)

    def run(self) -> FolderComparison:
        for one, other in self._files.pairs:
            self._compare_files(one, other)
        before = self._lone_files(self._files.only_left, "A")
        after = self._lone_files(self._files.only_right, "B")
        pairs = pair_by_content(before, after)
        for first, second in pairs:
            self.result.renamed.append((self._shown(first.file.name), self._shown(second.file.name)))
            if first.digest == second.digest:
                self.result.same += 1
            else:
                self._compare_files(first.file, second.file)
        paired = {id(one) for pair in pairs for one in pair}
        self.result.removed += self._unpaired(before, paired)
        self.result.added += self._unpaired(after, paired)
        self.result.changed.sort(key=lambda file: file.right)
        return self.result

    def _compare_files(self, one: TreeFile, other: TreeFile) -> None:
        first = self._open(one)
        second = self._open(other, first)
        if first.cassette and second.cassette:
            if first.digest == second.digest and not self._has_bodies:
                self.result.same += 1
            else:
                self._compare(one, other, first.cassette, second.cassette)
        elif any(file.is_conflict or file.cassette or not file.digest for file in (first, second)):
            self._name_failures((one, other), (first, second))
        elif (first.is_binary and second.is_binary) or first.digest == second.digest:
            self.result.skipped += 1
        else:
            self._cannot(other.name, "", second.reason, is_failure=False)

    def _name_failures(self, files: tuple[TreeFile, TreeFile], opened: tuple[OpenedFile, OpenedFile]) -> None:
        for letter, file, one in zip(_LETTERS, files, opened, strict=True):
            if one.cassette is None:
                self._cannot(file.name, letter, one.reason, is_failure=True)

    def _open(self, file: TreeFile, other: OpenedFile | None = None) -> OpenedFile:
        """Open a file. If its content is that of another which was opened, return that one."""
        try:
            content = file.read()
        except CassetteError as error:
            # A file that vanished while the others were compared is one of these.
            return OpenedFile(b"", None, error.reason)
        if other is not None and not self._has_bodies and digest_of(content.data) == other.digest:
            return other
        return open_tree_file(file, content)

    def _compare(self, one: TreeFile, other: TreeFile, first: Cassette, second: Cassette) -> None:
        result = self.result
        comparison = compare(first, second, _MAX_STEPS)
        # What is equal as recorded is equal without its secrets too, and removing them is most of the work.
        if self._options and comparison.differing(result.chosen):
            try:
                comparison = self._without_secrets(comparison)
            except CassetteError as error:
                self._cannot(other.name, "", error.reason, is_failure=True)
                return
        for pair in comparison.pairs:
            result.totals.add(pair)
        changes = interaction_changes(comparison, result.chosen)
        if changes:
            result.changed.append(FileChange(self._shown(one.name), self._shown(other.name), changes))
        else:
            result.same += 1

    def _without_secrets(self, recorded: CassetteComparison) -> CassetteComparison:
        """Return a comparison after removing secrets. Pairs that are equal as recorded stay: nothing but their numbers is used."""
        outgoing = outgoing_together((recorded.left, recorded.right), self._options)
        for one in outgoing:
            if one.removed is not None:
                self.result.removed_values |= dict.fromkeys(one.removed.values())
        left, right = (one.cassette for one in outgoing)
        return CassetteComparison(
            left,
            right,
            pairs=tuple(
                compare_sides(side(left, pair.left.index), side(right, pair.right.index), _MAX_STEPS)
                if pair.differing()
                else pair
                for pair in recorded.pairs
            ),
            removed=tuple(side(left, one.index) for one in recorded.removed),
            added=tuple(side(right, one.index) for one in recorded.added),
        )

    def _lone_files(self, files: Sequence[TreeFile], letter: SideLetter) -> list[Lone]:
        lone = []
        for file in files:
            opened = self._open(file)
            if opened.cassette is not None:
                count = len(opened.cassette.interactions)
                lone.append(Lone(file, opened.digest, requests_digest(opened.cassette), count))
            elif opened.is_binary:
                self.result.skipped += 1
            else:
                is_failure = opened.is_conflict or not opened.digest
                self._cannot(file.name, letter, opened.reason, is_failure=is_failure)
        return lone

    def _cannot(self, name: str, side: SideLetter | Literal[""], reason: str, *, is_failure: bool) -> None:
        self.result.unopened.append(Unopened(self._shown(name), side, self._shown(reason), is_failure))

    def _unpaired(self, files: Sequence[Lone], paired: Collection[int]) -> list[LoneFile]:
        return [LoneFile(self._shown(one.file.name), one.interactions) for one in files if id(one) not in paired]
