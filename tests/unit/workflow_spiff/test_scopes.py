import pytest

from engine.workflow.spiff import BudgetExceeded, ElementError
from tests.unit.workflow_spiff.drawing import (
    boundary,
    call,
    diagram,
    end,
    flow,
    job,
    many,
    mapping,
    process,
    rule,
    script,
    split,
    start,
    sub,
    timer,
    user,
)
from tests.unit.workflow_spiff.stories import Story


def test_script_and_decision_store_their_results() -> None:
    story = Story(diagram(
        start(), script("calc", "= written * 0.6 + interview * 0.4", "score"), rule("judge", "grade", "level"), end(),
        flow("s", "calc", "judge", "e"),
    ), written=80, interview=90)  # fmt: skip
    assert story.variables["level"] == "grade:84.0"


def test_outputs_are_all_that_leaves_a_user_task() -> None:
    io = mapping({"shown": "= score"}, {"result": "= decision"})
    story = Story(diagram(start(), user("a", io=io), end(), flow("s", "a", "e")), score=3)
    assert story.sees("a") == {"score": 3, "shown": 3}
    story.complete("a", decision="pass", scratch="x")
    assert story.variables == {"score": 3, "result": "pass"}


def test_without_outputs_everything_but_the_inputs_leaves() -> None:
    story = Story(diagram(start(), job("a", io=mapping({"shown": "= score"})), end(), flow("s", "a", "e")), score=3)
    story.work("a", shown=9, found=4)
    assert story.variables == {"score": 3, "found": 4}


def test_constants_need_no_expression() -> None:
    story = Story(diagram(start(), user("a", io=mapping({"kind": "fixed text"})), end(), flow("s", "a", "e")))
    assert story.sees("a") == {"kind": "fixed text"}


BOX = sub("box", start("bs"), user("inner"), end("be"), flow("bs", "inner", "be"))


def test_sub_process_sees_its_surroundings_and_gives_back_what_it_changed() -> None:
    story = Story(diagram(start(), BOX, end(), flow("s", "box", "e")), x=1)
    assert story.sees("inner") == {"x": 1}
    story.complete("inner", y=2)
    assert story.finished
    assert story.variables == {"x": 1, "y": 2}


def test_outputs_of_a_sub_process_hide_the_rest() -> None:
    box = sub(
        "box", start("bs"), user("inner"), end("be"), flow("bs", "inner", "be"), io=mapping({"p": "= x"}, {"q": "= y"})
    )
    story = Story(diagram(start(), box, end(), flow("s", "box", "e")), x=1)
    assert story.sees("inner") == {"x": 1, "p": 1}
    story.complete("inner", y=2, z=3)
    assert story.variables == {"x": 1, "q": 2}


def test_interrupted_sub_process_does_not_lose_what_was_typed() -> None:
    box = sub("box", start("bs"), user("one"), user("two"), end("be"), flow("bs", "one", "two", "be"))
    story = Story(diagram(
        start(), box, boundary("late", "box", timer("timeDuration", "PT1H")), user("after"), end(),
        flow("s", "box", "e"), flow("late", "after", "e"),
    ))  # fmt: skip
    story.complete("one", typed="x")
    story.fire("late")
    assert story.open() == ["after"]
    assert story.sees("after") == {"typed": "x"}


CHILD = process("child", start("cs"), user("cu"), end("ce"), flow("cs", "cu", "ce"))


def test_called_process_gets_inputs_and_gives_outputs() -> None:
    io = mapping({"p": "= x"}, {"q": "= y"})
    story = Story(diagram(
        start(), call("c", "child", io, propagateAllParentVariables="false"), end(), flow("s", "c", "e"), others=CHILD
    ), x=1, secret=2)  # fmt: skip
    assert story.sees("cu") == {"p": 1}
    assert story.process.nodes["cu"].process_id == "child"
    story.complete("cu", y=5, z=6)
    assert story.variables == {"x": 1, "secret": 2, "q": 5}


def test_called_process_may_live_in_another_file() -> None:
    story = Story(diagram(start(), call("c", "child"), end(), flow("s", "c", "e")), diagram(
        start("cs"), user("cu"), end("ce"), flow("cs", "cu", "ce"), process_id="child"
    ))  # fmt: skip
    story.complete("cu", y=5)
    assert story.variables == {"y": 5}


def test_recursive_call_ends_at_the_depth_limit() -> None:
    with pytest.raises(BudgetExceeded):
        Story(diagram(start(), call("c", "main"), end(), flow("s", "c", "e")))


PARALLEL = diagram(
    start(), user("vote", many("= experts", "expert", output="opinions", result="= opinion")), user("last"), end(),
    flow("s", "vote", "last", "e"),
)  # fmt: skip


def test_parallel_instances_keep_the_order_of_the_input() -> None:
    story = Story(PARALLEL, experts=["a", "b", "c"])
    assert [(w.index, story.case.variables(w.token)["expert"]) for w in story.waits()] == [(1, "a"), (2, "b"), (3, "c")]
    for index, opinion in ((3, "no"), (1, "yes"), (2, "yes")):
        story.complete("vote", index, opinion=opinion, scratch="x")
    assert story.open() == ["last"]
    assert story.sees("last") == {"experts": ["a", "b", "c"], "opinions": ["yes", "yes", "no"]}


def test_empty_collection_is_passed_at_once() -> None:
    story = Story(PARALLEL, experts=[])
    assert story.open() == ["last"]
    assert story.sees("last")["opinions"] == []


def test_collection_must_be_a_list_of_bounded_size() -> None:
    with pytest.raises(ElementError):
        Story(PARALLEL, experts="abc")
    with pytest.raises(BudgetExceeded):
        Story(PARALLEL, experts=list(range(1001)))


def test_completion_condition_closes_the_other_instances() -> None:
    story = Story(diagram(
        start(), user("vote", many("= experts", "expert", until="= numberOfCompletedInstances >= 2")), end(),
        flow("s", "vote", "e"),
    ), experts=["a", "b", "c"])  # fmt: skip
    story.complete("vote", 3)
    story.complete("vote", 1)
    assert story.finished


def test_sequential_instances_come_one_after_the_other() -> None:
    story = Story(diagram(
        start(), user("sign", many("= people", "person", sequential=True, output="names", result="= person")), end(),
        flow("s", "sign", "e"),
    ), people=["a", "b"])  # fmt: skip
    assert [wait.index for wait in story.waits()] == [1]
    story.complete("sign")
    assert story.sees("sign")["person"] == "b"
    story.complete("sign")
    assert story.variables["names"] == ["a", "b"]


@pytest.mark.parametrize("sequential", [True, False])
def test_multi_instance_calls_run_in_scopes_of_their_own(sequential: bool) -> None:
    child = process("child", start("cs"), script("ct", "= x * 10 + n", "y"), end("ce"), flow("cs", "ct", "ce"))
    loop = many("= items", "item", sequential=sequential, output="ys", result="= y")
    io = mapping({"x": "= item", "n": "= loopCounter"}, {"y": "= y"})
    story = Story(diagram(
        start(), call("c", "child", io, loop), user("a"), end(), flow("s", "c", "a", "e"), others=child
    ), items=[3, 4], item="hidden by the loop")  # fmt: skip
    assert story.sees("a") == {"items": [3, 4], "item": "hidden by the loop", "ys": [31, 42]}


def test_multi_instance_sub_process_with_waits_inside() -> None:
    box = sub("box", start("bs"), user("one"), user("two"), end("be"), flow("bs", "one", "two", "be"),
              loop=many("= streets", "street", output="got", result="= answer"))  # fmt: skip
    story = Story(diagram(start(), box, end(), flow("s", "box", "e")), streets=["x", "y"])
    tokens = [wait.token for wait in story.waits()]
    story.case.complete(tokens[1], {"answer": "Y"})
    story.go_on()
    assert story.open() == ["one", "two"]
    story.complete("one", answer="X")
    for token in [wait.token for wait in story.waits()]:
        story.case.complete(token, {})
        story.go_on()
    assert story.variables == {"streets": ["x", "y"], "got": ["X", "Y"]}


def test_boundary_of_a_multi_instance_ends_all_instances() -> None:
    story = Story(diagram(
        start(), user("vote", many("= experts", "expert")), boundary("late", "vote", timer("timeDuration", "PT1H")),
        user("after"), end(), flow("s", "vote", "e"), flow("late", "after", "e"),
    ), experts=["a", "b"])  # fmt: skip
    assert story.open() == ["late", "vote", "vote"]
    story.fire("late")
    assert story.open() == ["after"]


def test_fork_inside_a_sub_process_merges_before_it_ends() -> None:
    box = sub("box", start("bs"), split("f"), user("a"), user("b"), end("ea"), end("eb"),
              flow("bs", "f", "a", "ea"), flow("f", "b", "eb"))  # fmt: skip
    story = Story(diagram(start(), box, end(), flow("s", "box", "e")), x=0, y=0)
    story.complete("b", y=2)
    story.complete("a", x=1)
    assert story.finished
    assert story.variables == {"x": 1, "y": 2}


def test_a_thousand_instances_are_no_endless_loop() -> None:
    box = sub("box", start("bs"), script("calc", "= i + 1", "r"), end("be"), flow("bs", "calc", "be"),
              loop=many("= items", "i", output="all", result="= r"))  # fmt: skip
    story = Story(diagram(start(), box, end(), flow("s", "box", "e")), items=list(range(1_000)))
    assert story.finished
    assert story.variables["all"][-1] == 1_000
