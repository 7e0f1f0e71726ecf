"""What is said when the server ends: what was asked for, what was not recorded, and what clients did after faults."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from viewer.playback.session.log import OTHERS, SessionLog
from viewer.playback.session.reactions import Reaction
from viewer.text.safe import shortened, visible_line
from viewer.text.words import counted, listed, ranges, seconds

_MAX_ROWS = 20
_NOTE_LENGTH = 200


def summary(log: SessionLog) -> list[str]:
    """Return the lines of the summary."""
    if not log.requests:
        return ["No requests came."]
    results = sum(log.asked.values(), Counter[str]())
    results["not answered"] = log.unanswered.total()
    span = f" in {seconds(log.last_s - log.first_s)}"
    return [
        f"{counted(log.requests, 'request')}{span}: {_counts(results)}.",
        *_section("Asked for", _asked(log)),
        *_section("Never asked for", _never_asked(log)),
        *_section("Not answered", _unanswered(log)),
        *_section("Faults", _faults(log)),
    ]


def to_json(log: SessionLog) -> dict[str, Any]:
    """Return the summary as JSON values."""
    return {
        "requests": log.requests,
        "asked_for": [
            {"recording": recording, "interaction": interaction, "results": dict(results)}
            for (recording, interaction), results in sorted(log.asked.items())
        ],
        "never_asked_for": [
            {"recording": recording, "interaction": interaction}
            for recording, interaction in log.served
            if (recording, interaction) not in log.asked
        ],
        "not_answered": [
            {"method": method, "path": path, "why": note, "requests": count}
            for (method, path, note), count in log.unanswered.items()
        ],
        "faults": [_reaction_json(fault, reaction) for fault, reaction in log.reactions.by_fault().items()],
    }


def _section(title: str, rows: Iterable[str]) -> Iterator[str]:
    shown = list(rows)
    if shown:
        yield f"{title}:"
    yield from (f"  {row}" for row in shown[:_MAX_ROWS])
    if len(shown) > _MAX_ROWS:
        yield f"  and {len(shown) - _MAX_ROWS} more"


def _counts(results: Counter[Any]) -> str:
    return listed([f"{count} {result}" for result, count in results.most_common() if count] or ["nothing"])


def _asked(log: SessionLog) -> Iterator[str]:
    for (recording, interaction), results in sorted(log.asked.items()):
        yield f"{visible_line(recording)}, interaction {interaction}: {_counts(results)}"


def _never_asked(log: SessionLog) -> Iterator[str]:
    for recording, places in groupby(log.served, key=lambda place: place[0]):
        interactions = [interaction for _, interaction in places]
        never = [interaction for interaction in interactions if (recording, interaction) not in log.asked]
        if never:
            which = (
                ""
                if len(never) == len(interactions)
                else f", interaction{'s' * (len(never) > 1)} {ranges(never, _MAX_ROWS)}"
            )
            yield f"{visible_line(recording)}{which}"


def _unanswered(log: SessionLog) -> Iterator[str]:
    for kind, count in log.unanswered.most_common():
        if kind == OTHERS:
            yield f"{counted(count, 'request')} of other kinds"
            continue
        method, path, note = kind
        times = "" if count == 1 else f" {count} times"
        yield shortened(visible_line(f"{method} {path}{times}: {note}"), _NOTE_LENGTH)


def _faults(log: SessionLog) -> Iterator[str]:
    by_fault = log.reactions.by_fault()
    for fault, reaction in by_fault.items():
        yield f"{fault}: {_told(reaction)}"
    had = {fault for faults in by_fault for fault in faults.split("; ")}
    for fault in log.faults:
        if fault not in had:
            yield f"{fault}: no answer had it."


def _told(reaction: Reaction) -> str:
    """Write in sentences what is known of the clients' reactions to one fault, and no more."""
    answers = reaction.results.total()
    sentences = [f"{counted(answers, 'answer')}, {_counts(reaction.results)}"]
    if not reaction.spoiled:
        return sentences[0] + "."
    sentences += [
        f"{sentence}{_of(count, reaction.spoiled)}"
        for count, sentence in (
            (reaction.retries, f"The client retried {_again(reaction)}"),
            (reaction.new_calls, f"The client asked again in a new call {_again(reaction)}"),
            (reaction.equal_requests, f"An equal request came {_again(reaction)}"),
            (reaction.went_on, "The client went on with the cut text as the model's answer"),
            (reaction.gave_up, "The client gave up after a retry"),
            (reaction.silent, _silent(reaction)),
        )
        if count
    ]
    if reaction.early:
        sentences.append(f"{counted(reaction.early, 'equal request')} came before Retry-After was over")
    return ". ".join(sentences) + "."


def _silent(reaction: Reaction) -> str:
    if reaction.results["cut"]:
        return "The client did not ask again: it failed, or took the cut answer for whole"
    return "The client did not ask again"


def _again(reaction: Reaction) -> str:
    low, high = map(seconds, reaction.again_s or (0.0, 0.0))
    waited = f"{low} later" if low == high else f"{low} to {high} later"
    return waited if reaction.retry_after_s is None else f"{waited}, asked to wait {seconds(reaction.retry_after_s)}"


def _of(count: int, all_of_them: int) -> str:
    return "" if count == all_of_them == 1 else f" ({count} of {all_of_them})"


def _reaction_json(fault: str, reaction: Reaction) -> dict[str, Any]:
    return {
        "fault": fault,
        "answers": reaction.results.total(),
        "results": dict(reaction.results),
        "spoiled": reaction.spoiled,
        "retried": reaction.retries,
        "asked_again_in_a_new_call": reaction.new_calls,
        "equal_request_came": reaction.equal_requests,
        "gave_up_after_a_retry": reaction.gave_up,
        "went_on_with_cut_text": reaction.went_on,
        "did_not_ask_again": reaction.silent,
        "before_retry_after": reaction.early,
        "again_s": list(reaction.again_s) if reaction.again_s else None,
    }
