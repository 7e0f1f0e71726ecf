"""Choice and tool indices that fit the columns of the chunk table."""

from collections.abc import Sized
from typing import Any

from viewer.types.chunk_table import MAX_INDEX


def valid_index(value: Any, default: int = 0) -> int:
    """Return a recorded index, or the default if it is not an index that the column can hold."""
    return value if isinstance(value, int) and 0 <= value <= MAX_INDEX else min(default, MAX_INDEX)


def next_index(numbered: Sized) -> int:
    """Return the index after those already numbered. All past the largest share it."""
    return min(len(numbered), MAX_INDEX)
