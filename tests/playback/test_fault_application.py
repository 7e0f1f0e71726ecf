from tests.support.playables import playable
from viewer.playback.delivery import delivery_of
from viewer.playback.fault_application import apply_faults
from viewer.playback.fault_grammar import parse_faults
from viewer.types.http import Request

RECORDED = delivery_of(playable([b"data: {}\n\n", b"data: [1]\n\n"]))
ASKED = Request("POST", "/v1/messages?beta=true")


def apply(text, answered=0, seed="1"):
    return apply_faults(RECORDED, parse_faults(text), ASKED, answered, seed)


def test_faults_are_applied_in_their_order():
    made = apply("slow=2; cut-at-event=1")
    assert [fault.kind for fault in made.faults] == ["slow", "cut-at-event"]
    assert (made.delivery.is_cut, made.delivery.body, made.not_reached) == (True, b"data: {}\n\n", ())


def test_a_fault_behind_the_end_is_told():
    made = apply("cut-at-event=9; slow=2")
    assert [fault.kind for fault in made.not_reached] == ["cut-at-event"]
    assert [fault.kind for fault in made.faults] == ["slow"]


def test_a_fault_is_for_the_first_answers_of_each_request():
    assert [len(apply("status=500,times=2", answered).faults) for answered in range(4)] == [1, 1, 0, 0]


def test_a_fault_is_for_paths_that_contain_a_text():
    assert apply("slow=2,path=/messages").faults
    assert not apply("slow=2,path=/chat").faults
    assert not apply("slow=2,path=beta").faults


def test_a_chance_is_a_share_of_the_answers_and_the_seed_decides_which():
    chosen = [bool(apply("slow=2,chance=0.3", answered).faults) for answered in range(1000)]
    assert 250 < sum(chosen) < 350
    assert chosen == [bool(apply("slow=2,chance=0.3", answered).faults) for answered in range(1000)]
    assert chosen != [bool(apply("slow=2,chance=0.3", answered, seed="2").faults) for answered in range(1000)]
    assert not apply("slow=2,chance=0").faults
