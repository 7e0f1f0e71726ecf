"""Which call of a model a line of a Codex session belongs to.

A session file names no calls. It tells them apart by their usage, which is written once for each response of the model:

- Up to version 0.7x, the usage comes first, and the items follow once all tools have run, each call with its result.
- Since then, the items come as they are complete, and the usage follows them.

Events with the text of an item come before it, and in the older files also before the usage.
"""

from dataclasses import dataclass


@dataclass(slots=True)
class CodexCalls:
    """The calls of one thread so far."""

    results_end_calls: bool = True
    """Whether an item after the result of a tool begins a call if no usage was written."""
    items_are_late: bool = False
    """Whether the items of the current call were written only after its tools had run."""
    _number: int = 0
    _has_items: bool = False
    _is_counted: bool = False
    _is_given: bool = False
    """Whether the model was given something after the last item."""
    _total: tuple[int | None, int | None] | None = None

    def of_item(self) -> str:
        """Return the call of an item that a model answered with."""
        is_uncounted_end = not self._is_counted and self._has_items and self._is_given and self.results_end_calls
        if (self._is_counted and not self.items_are_late) or is_uncounted_end:
            self.end()
        self._has_items, self._is_given = True, False
        return str(self._number)

    def of_event(self) -> str:
        """Return the call of an event with a text of the model."""
        if self._is_counted and (self._has_items or not self.items_are_late):
            self.end()
        return str(self._number)

    def of_usage(self, input_tokens: int | None, output_tokens: int | None) -> str:
        """Return the call whose usage raised the counts of the thread to these; "" if it was counted before.

        Codex repeats the counts, such as with new limits of the account, and after it replaced the conversation by a summary.
        """
        total = input_tokens, output_tokens
        if total == self._total:
            return ""
        if self._is_counted:
            self.end()
        self._total, self._is_counted = total, True
        self.items_are_late = not self._has_items
        return str(self._number)

    def give(self) -> None:
        """Note that the model is given something, such as the result of a tool."""
        self._is_given = True
        if self._is_counted and not self._has_items:
            # The items of this call are not in the file, such as those of a summary.
            self.end()

    def end(self) -> None:
        """End the current call."""
        self._number += 1
        self._has_items = self._is_counted = self._is_given = self.items_are_late = False
