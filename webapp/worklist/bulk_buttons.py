"""The buttons under a list, by which one act is done for everything that is chosen."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine.workflow.diagram import Operation, Settings
from engine.workflow.items import allows
from forms.work_items import FORMS
from webapp.worklist.item_page import actions_of
from webapp.worklist.naming import newest
from webapp.worklist.narrowing import Narrowing


@dataclass(frozen=True, slots=True)
class Button:
    """A button and its key."""

    act: str
    label: str
    tone: str
    key: str = ""


APPROVE = Button("approve", "通过", "primary", "a")
RETURN = Button("return", "退回", "outline-primary", "r")
TRANSFER = Button("transfer", "转办", "outline-primary", "t")
CLAIM = Button("claim", "认领", "outline-primary", "c")
RELEASE = Button("release", "退回认领池", "outline-primary")
URGE = Button("urge", "催办", "outline-primary", "u")


def buttons_for(session: Session, asked: Narrowing) -> Sequence[Button]:
    """The acts on a list: what all steps have in common, or the decisions of the one step that is shown."""
    definition = newest(session, asked.process) if asked.node else None
    node = definition.process.nodes.get(asked.node) if definition else None
    if node is None:
        return (APPROVE, RETURN, TRANSFER, CLAIM, RELEASE)
    return (*_of_step(node.settings), CLAIM, RELEASE)


def _of_step(settings: Settings) -> Sequence[Button]:
    form = FORMS.get(settings.form_id)
    decisions = actions_of(settings) if form is not None and form.bulk else []
    found = [Button(f"decide:{action.decision}", action.label, action.tone, action.key) for action in decisions]
    if Operation.RETURN in settings.operations and not any(button.key == RETURN.key for button in found):
        found.append(RETURN)
    if allows(settings, Operation.TRANSFER):
        found.append(TRANSFER)
    return found
