"""Hostile diagrams through the door of deployment, and cases that would never end."""

import pickle
import socket
import threading
from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from engine.kernel.actor import SYSTEM
from engine.workflow.instances import TerminateInstance
from engine.workflow.runs import MarkingForged
from engine.workflow.tables import Incident, ProcessDefinition, ProcessInstance
from tests.store.workflow.drawing import Drawing
from tests.unit.hostile.conftest import Target


def plain() -> str:
    return Drawing("hostile").start().end().chain("begin", "over").xml().decode()


def with_doctype(declaration: str, text: str = "") -> bytes:
    head, rest = plain().split("\n", 1)
    return f"{head}<!DOCTYPE d [{declaration}]>{rest.replace('测试流程', '流程' + text)}".encode()


def inside(text: str) -> bytes:
    return plain().replace("</bpmn:process>", f"{text}</bpmn:process>").encode()


def timed(text: str, kind: str = "timeDuration") -> bytes:
    return Drawing("hostile").start().timer("t", text, kind).end().chain("begin", "t", "over").xml()


def chain(length: int) -> bytes:
    drawing, names = Drawing("hostile").start(), [f"m{n}" for n in range(length)]
    for name in names:
        drawing.script(name, "1", "x")
    return drawing.end().chain("begin", *names, "over").xml()


def split_back() -> bytes:
    drawing = Drawing("hostile").start().script("m", "1", "x").gateway("g", "parallel").end()
    return drawing.chain("begin", "m", "g", "m").flow("g", "over").xml()


def many(inner: str) -> bytes:
    xml = Drawing("hostile").start().script("s", "1", "x").end().chain("begin", "s", "over").xml().decode()
    loop = f"<bpmn:multiInstanceLoopCharacteristics>{inner}</bpmn:multiInstanceLoopCharacteristics>"
    return xml.replace("</bpmn:scriptTask>", f"{loop}</bpmn:scriptTask>").encode()


DIAGRAMS: dict[str, Callable[[], bytes]] = {
    "X01": lambda: with_doctype('<!ENTITY x SYSTEM "file:///etc/passwd">', "&x;"),
    "X04": lambda: with_doctype('<!ENTITY % p SYSTEM "http://127.0.0.1:9/x"> %p;'),
    "X05": lambda: with_doctype('<!ENTITY x "INTERNAL">', "&x;"),
    "X08": lambda: inside("<bpmn:subProcess>" * 300 + "</bpmn:subProcess>" * 300),
    "X08 deeper": lambda: inside("<a>" * 100_000 + "</a>" * 100_000),
    "X09": lambda: inside('<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>'),
    "X11": lambda: plain().encode("utf-16"),
    "X11 utf-7": lambda: plain().replace('"UTF-8"', '"UTF-7"').encode(),
    "X12": lambda: inside(f"<!--{'x' * 20_000_000}-->"),
    "X12 attribute": lambda: inside(f'<bpmn:task id="t" name="{"x" * 1_900_000}"/>'),
    "X13": lambda: inside("")[:-30],
    "X13 json": lambda: b"{}",
    "X13 html": lambda: b"<html><body>x</body></html>",
    "X15": lambda: inside("".join(f'<bpmn:task id="t{n}"/>' for n in range(20_000))),
    "X16": lambda: chain(900),
    "X20": split_back,
    "X21": lambda: many("<bpmn:loopCardinality>1000000</bpmn:loopCardinality>"),
    "X22": lambda: timed("P9999999Y"),
    "X23": lambda: timed("R/PT0S", "timeCycle"),
}


@pytest.mark.parametrize("name", DIAGRAMS)
def test_a_hostile_diagram_is_refused_with_reasons_and_nothing_is_stored(target: Target, name: str) -> None:
    assert target.outcome({"hostile.bpmn": DIAGRAMS[name]()}, "hostile") == "refused"
    with target.engine.reading() as session:
        assert session.scalars(select(ProcessDefinition)).all() == []


def test_no_request_leaves_for_an_entity_of_a_diagram(target: Target) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/x"
        asked = threading.Event()

        def listen() -> None:
            try:
                listener.accept()[0].close()
            except TimeoutError:
                return
            asked.set()

        thread = threading.Thread(target=listen)
        thread.start()
        assert target.outcome({"x.bpmn": with_doctype(f'<!ENTITY x SYSTEM "{address}">', "&x;")}, "x") == "refused"
        thread.join()
    assert not asked.is_set()


@pytest.mark.parametrize("collection", ["= for i in 1..1000000 return i", "= for i in 1..1001 return i", "= everybody"])
def test_too_many_instances_of_one_task_are_an_incident(target: Target, collection: str) -> None:
    inner = f'<bpmn:extensionElements><zeebe:loopCharacteristics inputCollection="{collection}" inputElement="i"/>'
    files = {"hostile.bpmn": many(f"{inner}</bpmn:extensionElements>")}
    assert target.outcome(files, "hostile", everybody=list(range(5000))) == "incident"
    with target.engine.reading() as session:
        assert session.scalars(select(Incident.node_id)).all() == ["s"]
        assert session.scalars(select(ProcessInstance)).all() == []


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("timeDuration", "P9999999Y"),
        ("timeDuration", "PT" + "9" * 400 + "S"),
        ("timeDuration", "x" * 90_000),
        ("timeDuration", 5),
        ("timeDuration", {"a": [None]}),
        ("timeCycle", "R/PT0S"),
        ("timeCycle", "R9999999/PT1H"),
        ("timeDate", "99999-01-01"),
    ],
    ids=range(8),
)
def test_a_timer_without_sense_that_comes_from_a_variable_is_an_incident(
    target: Target, kind: str, value: object
) -> None:
    assert target.outcome({"hostile.bpmn": timed("= wait", kind)}, "hostile", wait=value) == "incident"


@pytest.mark.parametrize(("expression", "begin"), [("n + 1", 1), ("n + n", "x"), ("[n, n]", [])])
def test_a_loop_that_no_check_can_see_is_an_incident(target: Target, expression: str, begin: object) -> None:
    drawing = Drawing("hostile").start().script("m", expression, "n").gateway("g", default="g_to_over").end()
    drawing.chain("begin", "m", "g").flow("g", "m", "= n != 0").flow("g", "over")
    assert target.outcome({"hostile.bpmn": drawing.xml()}, "hostile", n=begin) == "incident"


def test_a_correlation_key_without_end_is_an_incident(target: Target) -> None:
    drawing = Drawing("hostile").start().message("m", "paid", "= key").end().chain("begin", "m", "over")
    assert target.outcome({"hostile.bpmn": drawing.xml()}, "hostile", key="x" * 5000) == "incident"


class Bomb:
    """Would make a file when it is unpickled."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return open, (self.path, "w")


OLD = b'{"serializer_version": "1.0", "spec": {"typename": "TimerEventDefinition", "dateTime": "__import__(\'os\')"}}'


@pytest.mark.parametrize("marking", [OLD, b"", b"\0" * 32 + OLD, b"pickle"], ids=["old", "empty", "unsigned", "pickle"])
def test_a_state_that_we_did_not_write_is_not_restored_and_the_administrator_is_told(
    target: Target, canary: object, marking: bytes
) -> None:
    drawing = Drawing("hostile").start().user("u", groups="county_clerk", organisation="county").end()
    assert target.outcome({"h.bpmn": drawing.chain("begin", "u", "over").xml()}, "hostile") == "harmless"
    state = pickle.dumps(Bomb(str(canary))) if marking == b"pickle" else marking
    with target.engine.store.engine.begin() as connection:
        connection.execute(update(ProcessInstance).values(marking=state))
    with target.engine.reading() as session:
        case = session.scalars(select(ProcessInstance.id)).one()
    with pytest.raises(MarkingForged):
        target.engine.execute(TerminateInstance(case, "停止"), actor=SYSTEM)
    with target.engine.reading() as session:
        assert session.scalars(select(Incident.kind).where(Incident.kind != "assignment")).all() == ["marking"]
