"""邮件发送: what waits, what left, and what did not go through and why."""

from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.kernel.errors import Conflict
from engine.kernel.mail_settings import MailWay
from engine.mail.office import COUNT_LIMIT, RetryMail, mail_counts, mail_rows
from engine.mail.outbox import MailState
from engine.workflow.notification_kinds import FACTS
from webapp.limits import limited
from webapp.notifications.blueprint import blueprint
from webapp.paging import after_key, page_of
from webapp.permissions import requires
from webapp.visit import actor, engine, execute, reading

PAGE = 50
STATES = {
    MailState.WAITING: ("等待发送", "wait"),
    MailState.LEASED: ("正在发送", "go"),
    MailState.SENT: ("已发送", "good"),
    MailState.FAILED: ("发送失败", "bad"),
}
TABS = (("", "全部"), ("waiting", "等待"), ("failed", "失败"), ("sent", "已发送"))
KINDS = {
    **{kind.value: facts.label for kind, facts in FACTS.items()}, "several": "多条消息", "digest": "每日汇总",
    "address": "确认邮箱",
}  # fmt: skip
WAYS = {
    MailWay.SMTP: "邮件服务器",
    MailWay.FOLDER: "写入数据目录的 mail 文件夹（.eml 文件），不真正寄出",
    MailWay.OFF: "未开通邮件",
}


@blueprint.get("/mail")
@requires("system_admin")
def outgoing() -> str:
    """Letters to the people of the administrator's part of the tree, without what they say."""
    asked, after = request.args.get("state", ""), after_key()
    state = MailState(asked) if asked in dict(TABS) and asked else None
    before = after if isinstance(after, int) else None
    with reading() as session:
        rows = mail_rows(session, actor(), state=state, before=before, limit=PAGE + 1)
        counts = mail_counts(session, actor())
    mail = engine().settings.mail
    return render_template(
        "notifications/outgoing.html", page=page_of(rows, size=PAGE, key=lambda row: row.mail_id), counts=counts,
        states=STATES, tabs=TABS, asked=asked, kinds=KINDS, way=WAYS[mail.way], mail=mail, limit=COUNT_LIMIT,
        failed=MailState.FAILED, server=mail.way is MailWay.SMTP,
    )  # fmt: skip


@blueprint.post("/mail/<int:mail_id>/retry")
@requires("system_admin")
@limited("mail-retry", most=300, per=timedelta(hours=1))
def retry_mail(mail_id: int) -> ResponseReturnValue:
    """Try a letter again at once."""
    try:
        execute(RetryMail(mail_id))
    except Conflict as error:
        flash(error.message, "warning")
    else:
        flash("已安排重新发送。", "success")
    return redirect(url_for("notifications.outgoing", state=request.form.get("state", "")[:10]))
