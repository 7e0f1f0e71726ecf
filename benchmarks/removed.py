"""List what redaction removes from real recordings: python -m benchmarks.removed [--all].

Shows each value that is a false alarm or that nobody has judged, with its digest for `removals.json`; with `--all` every value.
The values are recorded secrets: do not send the list to anyone.
"""

import sys
from collections import defaultdict
from pathlib import Path

from benchmarks.removals import FALSE_ALARM, Judgements, Removal, recordings, removals

_SHOWN_CHARACTERS = 120


def main(arguments: list[str]) -> int:
    """Print the list. Return 1 if a value is a false alarm or not judged."""
    judgements = Judgements()
    files: dict[Removal, list[Path]] = defaultdict(list)
    for path in recordings():
        for removal in removals(path) or ():
            files[removal].append(path)
    wrong = 0
    for removal, paths in sorted(files.items()):
        verdict = judgements.of(removal) or "not judged"
        is_wrong = verdict in {FALSE_ALARM, "not judged"}
        wrong += is_wrong
        if is_wrong or "--all" in arguments:
            value = removal.value[:_SHOWN_CHARACTERS]
            print(f"{verdict}: {removal.rule}: {removal.place}: {removal.digest} {value!r} in {len(paths)}: {paths[0]}")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
