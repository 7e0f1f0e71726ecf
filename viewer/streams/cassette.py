"""One recorded file, opened."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from viewer.streams import notebook_hook
from viewer.streams.answer import Answer, read_answer
from viewer.streams.main_interaction import main_interaction as find_main_interaction
from viewer.streams.stream import Stream, join_chunks
from viewer.text.words import counted
from viewer.types.http import Interaction
from viewer.types.problems import Problem
from viewer.types.sessions import Session

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Cassette:
    """A recorded file: its interactions, the streams in them, and its problems."""

    name: str
    format: str
    """The recorder: "go-vcr", "sse", "text" …"""
    format_version: str
    """The recorder's version of its format; "" if it has none."""
    interactions: list[Interaction] = field(repr=False)
    streams: list[Stream] = field(repr=False)
    problems: list[Problem] = field(repr=False)
    has_files_beside: bool = field(default=False, repr=False)
    """Whether bodies were read from files next to the recording, so that its own file does not hold everything."""
    think_tags: bool = field(default=False, repr=False)
    """Whether it was opened with thinking in tags, such as `<think>`, as reasoning instead of content."""
    session: Session | None = field(default=None, repr=False)
    """How the interactions follow each other, if the file is the session of an agent or a trace."""

    def __post_init__(self) -> None:
        notebook_hook.set_cassette(self.streams, self)

    @property
    def recorder(self) -> str:
        """The recorder with the version of its format, such as "go-vcr 2"."""
        return f"{self.format} {self.format_version}".strip()

    @property
    def has_think_tags(self) -> bool:
        """Whether content of any stream or answer begins with thinking in tags, even if it is shown as reasoning."""
        in_streams = any(stream.has_think_tags for stream in self.streams)
        return in_streams or any(answer.has_think_tags for answer in self.answers.values())

    @cached_property
    def chunks(self) -> "pd.DataFrame":
        """The chunk table of all streams. `viewer.types.chunk_table` describes its columns."""
        return join_chunks(self.streams)

    @cached_property
    def answers(self) -> dict[int, Answer]:
        """The answers that were not streamed, by their index in `interactions`."""
        streamed = {stream.interaction for stream in self.streams}
        not_streamed = (index for index in range(len(self.interactions)) if index not in streamed)
        read = ((index, read_answer(self.interactions[index], think_tags=self.think_tags)) for index in not_streamed)
        return {index: answer for index, answer in read if answer is not None}

    @cached_property
    def main_interaction(self) -> int:
        """The interaction to show first: the longest answer of a model. `viewer.streams.main_interaction` has the whole rule."""
        return find_main_interaction(self.interactions, self.streams, self.answers)

    def stream_of(self, interaction: int) -> Stream | None:
        """Return the stream of an interaction; None if its response was not streamed."""
        return next((stream for stream in self.streams if stream.interaction == interaction), None)

    def _repr_html_(self) -> str | None:
        return notebook_hook.show("cassette", self)

    def __repr__(self) -> str:
        rows = sum(len(stream.columns.event) for stream in self.streams)
        return (
            f"<Cassette {self.name}: {self.recorder}, {counted(len(self.interactions), 'interaction')},"
            f" {counted(len(self.streams), 'stream')}, {counted(rows, 'chunk')}, {counted(len(self.problems), 'problem')}>"
        )
