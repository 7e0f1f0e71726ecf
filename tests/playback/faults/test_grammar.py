import math
import re

import pytest

from viewer.playback.faults.grammar import parse_fault, parse_faults


@pytest.mark.parametrize(
    ("text", "kind", "amount"),
    [
        ("status=429", "status", 429),
        ("cut-at-headers", "cut-at-headers", 0),
        ("cut-at-event=10", "cut-at-event", 10),
        ("cut-at-byte=500", "cut-at-byte", 500),
        ("stall-at-headers", "stall-at-headers", 0),
        ("stall-at-event=3", "stall-at-event", 3),
        ("slow=0.5", "slow", 0.5),
        ("split=7", "split", 7),
        ("join=5", "join", 5),
        ("malformed-at-event=4", "malformed-at-event", 4),
    ],
)
def test_each_fault_is_read(text, kind, amount):
    fault = parse_fault(text)
    assert (fault.kind, fault.amount, fault.text) == (kind, amount, text)
    assert (fault.times, fault.chance, fault.path, fault.for_s) == (None, 1.0, "", math.inf)


def test_options_are_read_in_any_order_and_case_with_spaces():
    fault = parse_fault(" times=2, Path=/v1/messages ,STATUS = 529, chance=0.25, retry-after=3,")
    assert (fault.kind, fault.amount, fault.times, fault.path) == ("status", 529, 2, "/v1/messages")
    assert (fault.chance, fault.retry_after_s) == (0.25, 3)
    assert fault.text == "times=2,path=/v1/messages,status=529,chance=0.25,retry-after=3"
    assert parse_fault("stall-at-event=3,for=0.5").for_s == 0.5


@pytest.mark.parametrize(("status", "retry_after_s"), [(429, 1), (503, 1), (500, None), (529, None)])
def test_statuses_that_come_with_retry_after_have_one_unless_told_otherwise(status, retry_after_s):
    assert parse_fault(f"status={status}").retry_after_s == retry_after_s
    assert parse_fault(f"status={status},retry-after=9").retry_after_s == 9


def test_several_faults_stand_between_semicolons():
    assert [fault.kind for fault in parse_faults("slow=2; split=7,times=1;")] == ["slow", "split"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "An empty text is no fault. A fault is one of status=429, cut-at-headers, cut-at-event=10"),
        (" times=2", "“times=2” names no fault, only options of one. Write them behind it after a comma"),
        ("statsu=429", "Do you mean status?"),
        ("status=200", "status takes a status from 400 to 599, as in status=429."),
        ("status", "status takes a status from 400 to 599"),
        ("cut-at-event=-1", "cut-at-event takes the number of an event, counted from 0, as in cut-at-event=10."),
        ("cut-at-event=1.5", "cut-at-event takes the number of an event"),
        ("cut-at-headers=1", "cut-at-headers takes no value."),
        ("split=0", "split takes the most bytes of a packet"),
        ("slow=0", "slow takes a factor above 0"),
        ("slow=nan", "slow takes a factor above 0"),
        ("slow=inf", "slow takes a factor above 0"),
        ("split=9" + "9" * 400, "split takes the most bytes"),
        ("slow=2,split=7", "holds slow and split. Ask for each as a fault of its own."),
        ("slow=2,slow=3", "has slow twice."),
        ("slow=2,for=3", "slow has no option for, which belongs to stall-at-headers and stall-at-event."),
        ("slow=2,retry-after=3", "slow has no option retry-after, which belongs to status."),
        ("status=429,retry-after=soon", "retry-after takes whole seconds, as in retry-after=2."),
        ("status=429,retry-after=0.5", "retry-after takes whole seconds"),
        ("slow=2,times=0", "times takes how many answers"),
        ("slow=2,chance=30", "chance takes a share from 0 to 1, as in chance=0.3."),
        ("slow=2,path=", "path takes a part of the path"),
    ],
)
def test_what_is_wrong_is_said_with_what_is_allowed(text, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        parse_fault(text)


def test_a_fault_of_a_client_cannot_control_the_terminal():
    assert parse_fault("slow=2,path=/\x1b[2J").text == "slow=2,path=/␛[2J"
    with pytest.raises(ValueError, match=r"“␛\[2j” is neither"):
        parse_fault("\x1b[2J=1")
