"""Many recordings at once: read them into tables, search their texts, add them up, write them as Parquet, query them with SQL.

from pathlib import Path
from viewer import library

found = list(library.members("recordings/", "more.zip"))
for batch in library.read_batches(found):
    print(batch.done, "of", batch.total, batch.current)

recordings = library.join_batches(library.read_batches(found))
recordings.streams                                           # one row for each stream, answer and error
recordings.unreadable                                        # name, reason, advice
recordings.streams[library.matching(recordings.texts, "Lima")]
library.quantiles(recordings.streams)                        # time to first token, each grade by itself

for progress in library.write_index(library.members("recordings/"), Path("tables")):
    print(progress.done)
library.run_query("SELECT model, count(*) FROM streams GROUP BY model", Path("tables")).rows

`viewer.library.stream_rows` describes the columns of `streams`.
"""

from typing import TYPE_CHECKING

from viewer.types.exports import lazy_exports

if TYPE_CHECKING:
    from viewer.files.buckets import remote_members as remote_members
    from viewer.files.folders import members as members
    from viewer.library.index import Progress as Progress
    from viewer.library.index import write_index as write_index
    from viewer.library.library import Batch as Batch
    from viewer.library.library import Library as Library
    from viewer.library.library import join_batches as join_batches
    from viewer.library.library import read_batches as read_batches
    from viewer.library.query import QueryError as QueryError
    from viewer.library.query import QueryLimits as QueryLimits
    from viewer.library.query import Result as Result
    from viewer.library.query import run_query as run_query
    from viewer.library.search import SearchError as SearchError
    from viewer.library.search import matching as matching
    from viewer.library.statistics import FigureStatistics as FigureStatistics
    from viewer.library.statistics import GroupStatistics as GroupStatistics
    from viewer.library.statistics import statistics_of as statistics_of
    from viewer.library.totals import Totals as Totals
    from viewer.library.totals import add_up as add_up
    from viewer.library.totals import quantiles as quantiles

_HOMES = {
    "Batch": "library",
    "FigureStatistics": "statistics",
    "GroupStatistics": "statistics",
    "Library": "library",
    "Progress": "index",
    "QueryError": "query",
    "QueryLimits": "query",
    "Result": "query",
    "SearchError": "search",
    "Totals": "totals",
    "add_up": "totals",
    "join_batches": "library",
    "matching": "search",
    "members": ".files.folders",
    "quantiles": "totals",
    "read_batches": "library",
    "remote_members": ".files.buckets",
    "run_query": "query",
    "statistics_of": "statistics",
    "write_index": "index",
}

__all__, __getattr__, __dir__ = lazy_exports(__name__, _HOMES)
