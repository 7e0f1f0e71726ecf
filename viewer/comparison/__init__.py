"""Compare two recordings.

import viewer
from viewer.comparison import as_markdown, compare

comparison = compare(viewer.load("before.yaml"), viewer.load("after.yaml"))
comparison.differing()                    # ("text", "usage"), for example; () if nothing differs
comparison.pairs[0].texts                 # the texts that differ, with their differences
as_markdown(comparison)                   # for a comment on a pull request

`compare_streams` compares two streams instead of two whole cassettes. `ASPECTS` lists what can differ; `differing`,
`as_text` and `as_markdown` take a selection of them.
"""

from typing import TYPE_CHECKING

from viewer.types.exports import lazy_exports

if TYPE_CHECKING:
    from viewer.comparison.aspects import ASPECTS as ASPECTS
    from viewer.comparison.comparison import CassetteComparison as CassetteComparison
    from viewer.comparison.comparison import Comparison as Comparison
    from viewer.comparison.comparison import compare as compare
    from viewer.comparison.comparison import compare_streams as compare_streams
    from viewer.comparison.markdown import as_markdown as as_markdown
    from viewer.comparison.terminal import as_text as as_text

_HOMES = {
    "ASPECTS": "aspects",
    "CassetteComparison": "comparison",
    "Comparison": "comparison",
    "as_markdown": "markdown",
    "as_text": "terminal",
    "compare": "comparison",
    "compare_streams": "comparison",
}

__all__, __getattr__, __dir__ = lazy_exports(__name__, _HOMES)
