"""What a worker asks of his street about himself: a correction of his record, and his resignation."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from engine.delegates.exits.commands import EXIT
from engine.identity.accounts import PHONE
from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Invalid, NotFound
from engine.personnel.exits.procedure import ExitRequest, open_case
from engine.personnel.exits.terms import ExitGround, Route
from engine.personnel.vocabulary import Education, Politics
from engine.personnel.workers import Worker
from engine.workflow.definitions import DefinitionCache
from engine.workflow.instances import start
from engine.workflow.notifications import notify, notify_role

LONGEST = 500
LABELS = {"name": "姓名", "phone": "手机号码", "education": "学历", "politics": "政治面貌"}
"""What a clerk may correct, by the name of the column."""


@dataclass(frozen=True, slots=True)
class RequestRecordCorrection:
    """The worker says what is wrong in his record; the clerks of his street are told."""

    part: str
    text: str

    def execute(self, context: CommandContext) -> None:
        worker = own_worker(context)
        part, text = self.part.strip(), self.text.strip()
        problems = {} if part else {"part": "请选择要更正的内容。"}
        if not text or len(text) > LONGEST:
            problems["text"] = f"请写明应当怎样更正，不超过 {LONGEST} 字。"
        if problems:
            raise Invalid(fields=problems)
        body = f"{worker.name}（{worker.number or '无编号'}）申请更正“{part}”：{text}"
        notify_role(context, "street_clerk", worker.street_id, "record_correction", "档案更正申请", body)
        context.record("worker.correction_requested", f"worker:{worker.id}", part=part)


@dataclass(frozen=True, slots=True)
class CorrectWorkerRecord:
    """A clerk of the worker's street corrects the record after seeing the originals; the worker is told.

    An empty phone stays as it is. Grade and deadlines follow from decisions of their own and stay too.
    """

    worker_id: int
    name: str
    phone: str
    education: Education
    politics: Politics
    reason: str

    def execute(self, context: CommandContext) -> list[str]:
        worker = context.session.get(Worker, self.worker_id)
        if worker is None or not context.actor.has_role("street_clerk", organisation_id=worker.street_id):
            raise NotFound()
        self._check(worker)
        wanted = {"name": self.name.strip(), "phone": self.phone.strip() or worker.phone, "education": self.education,
                  "politics": self.politics}  # fmt: skip
        changed = [label for field, label in LABELS.items() if vars(worker)[field] != wanted[field]]
        if not changed:
            raise Invalid("没有改动任何内容。")
        worker.name, worker.phone = self.name.strip(), self.phone.strip() or worker.phone
        worker.education, worker.politics = self.education, self.politics
        context.record("worker.corrected", f"worker:{worker.id}", fields=changed, reason=self.reason.strip())
        if worker.user_id is not None:
            body = f"街道已更正您的档案：{'、'.join(changed)}。请在“我的档案”里核对。"
            notify(context, [worker.user_id], "record_corrected", "档案已更正", body)
        return changed

    def _check(self, worker: Worker) -> None:
        problems = {}
        if not worker.active:
            raise Conflict(f"{worker.name}已离岗，档案不再更正。")
        if not self.name.strip():
            problems["name"] = "请填写姓名。"
        if self.phone.strip() and not PHONE.fullmatch(self.phone.strip()):
            problems["phone"] = "请填写 11 位手机号码。"
        if not self.reason.strip():
            problems["reason"] = "请写明更正依据，例如核对过的原件。"
        if problems:
            raise Invalid(fields=problems)


@dataclass(frozen=True, slots=True)
class Resign:
    """The worker hands in his resignation; his street goes on with it [L37]. Answers the number of the case.

    The days of notice count from today; an earlier last day needs an agreement with the street.
    """

    reason: str
    last_day: date

    def execute(self, context: CommandContext) -> str:
        worker = own_worker(context)
        request = ExitRequest(
            ExitGround.RESIGNATION, Route.L37, self.reason, context.today, self.last_day, by_employer=False
        )
        case = open_case(context, worker, request, None)
        definition = context.service(DefinitionCache).latest(context.session, EXIT)
        title = f"{worker.name}退出（{case.ground.label}）"
        start(context, definition, case.number, case.street_id, title, {"revoked": False})
        body = f"{worker.name}提交了书面辞职报告，最后工作日 {self.last_day}，请收集材料并办理。"
        notify_role(context, "street_clerk", worker.street_id, "resignation_handed_in", "收到辞职报告", body)
        return case.number


def own_worker(context: CommandContext) -> Worker:
    """The record of the acting person; somebody without one has nothing to ask for."""
    query = select(Worker).where(Worker.user_id == context.actor.user_id, Worker.active)
    worker = None if context.actor.user_id is None else context.session.scalar(query)
    if worker is None:
        raise NotFound("没有找到您的在岗档案，请联系街道经办。")
    return worker
