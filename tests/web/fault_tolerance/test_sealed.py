"""Sealed cases leave no trace with anybody but the named roles and the person: on pages, in lists, messages, counts."""

from flask import Flask
from sqlalchemy import select, update

from engine.identity.organisations import Organisation
from engine.identity.roles import ROLES
from engine.identity.users import User, load_actor
from engine.kernel.actor import Actor
from engine.kernel.command import CommandContext
from engine.personnel.fault_tolerance.materials import READERS
from engine.workflow.tables import Notification, ProcessInstance, WorkItem
from engine.workflow.worklist import Filter, open_total
from tests.process.fault_tolerance.bureau import ACCOUNT, Bureau
from tests.visitor import SignIn
from webapp.permissions import permission_of

REPORT = "被举报截留慰问品"


def outsiders(bureau: Bureau, password_hash: str) -> dict[str, Actor]:
    """Somebody with each other role, at the lowest organisation of its kind in the county."""
    found = {}
    places = bureau.office.read(
        lambda session: {row.kind: row.id for row in session.scalars(select(Organisation).order_by(Organisation.id))}
    )
    for role in ROLES:
        kinds = [kind.value for kind in role.kinds if kind.value in places]
        if role.id not in READERS and kinds:
            found[f"out_{role.id}"] = bureau.officer(f"out_{role.id}", role.id, places[kinds[0]])

    def give_passwords(context: CommandContext) -> None:
        context.session.execute(update(User).where(User.login.startswith("out_")).values(password_hash=password_hash))

    bureau.office.prepare(give_passwords)
    return found


def test_nobody_else_finds_a_sealed_case_anywhere(
    bureau: Bureau, sign_in: SignIn, app: Flask, password_hash: str
) -> None:
    people = outsiders(bureau, password_hash)
    assert len(people) >= 12
    fault, clearing = bureau.concluded(), bureau.ask_for_clearing()
    plan = {"finding": "untrue", "effect": "career", "way": "meeting", "scope": "全体"}
    bureau.act(clearing, "assessment", "clear", plan)
    secrets = (fault, clearing, ACCOUNT, REPORT)
    pages = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments]
    seen = 0
    for login, actor in people.items():
        visitor = sign_in(login)
        for rule in pages:
            permission = permission_of(app, rule.endpoint)
            if permission is None or not permission.roles or not permission.allows(actor):
                continue
            if rule.endpoint.startswith("fault_tolerance.") and rule.endpoint != "fault_tolerance.mine":
                continue  # the pages that begin a case name the process, not a case
            visitor.get(rule.rule)
            for secret in secrets:
                assert secret not in visitor.page, f"{secret} stands on {rule.rule} of {login}"
            seen += 1
        for query in (f"q={fault[:-2]}", f"q={clearing[:-2]}", "q=顾盼", "process=clearing", "process=fault_tolerance"):
            for address in (f"/worklist/all?{query}", f"/worklist/?{query}"):
                visitor.get(address)
                assert not any(secret in visitor.page for secret in secrets), f"{address} of {login}"
    assert seen > 100


def test_messages_and_counts_of_a_sealed_case_reach_only_who_takes_part(bureau: Bureau, password_hash: str) -> None:
    people = outsiders(bureau, password_hash)
    fault, clearing = bureau.concluded(), bureau.ask_for_clearing()
    ids = {actor.user_id for actor in people.values()}
    messages = bureau.office.read(lambda session: session.scalars(select(Notification)).all())
    assert messages
    assert not any(row.user_id in ids for row in messages)
    assert not any("顾盼" in row.title + row.body or ACCOUNT in row.body for row in messages)
    now = bureau.office.clock.now()
    with bureau.office.engine.reading() as session:
        for actor in people.values():
            fresh = load_actor(session, actor.user_id or 0)
            assert open_total(session, fresh, now, Filter()) == 0
    offered = select(WorkItem.offered_to).join(ProcessInstance, ProcessInstance.id == WorkItem.instance_id)
    offered = offered.where(ProcessInstance.business_key.in_([fault, clearing]), WorkItem.queue.is_not(None))
    queues = bureau.office.read(lambda session: set(session.scalars(offered)))
    assert {queue.partition("@")[0] for queue in queues} <= {*READERS, *(q for q in queues if q.startswith("user:"))}
