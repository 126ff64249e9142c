"""Public notices: exactly what is published, checked to carry no ID number and no phone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.kernel.command import CommandContext
from engine.kernel.errors import Invalid
from engine.personnel.calendar import Deadline
from engine.personnel.holidays import work_calendar
from engine.personnel.recruitment.campaigns import Campaign
from engine.personnel.recruitment.outcomes import NoticeKind, PublicNotice

_PRIVATE = re.compile(r"(?<!\d)(\d{17}[\dXx]|1[3-9]\d{9})(?![\dXx])")
_DIGEST = re.compile(r"^[0-9a-f]{64}$")
"""A SHA-256 of the seat draw; runs of digits in it mean nothing."""


@dataclass(frozen=True, slots=True)
class NoticeTable:
    """Columns and rows as the public reads them."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]

    @property
    def content(self) -> dict[str, Any]:
        """The table as plain data; refuses anything that looks like an ID number or a mobile phone."""
        rows = [[str(cell) for cell in row] for row in self.rows]
        for row in rows:
            if any(_PRIVATE.search(cell) and not _DIGEST.match(cell) for cell in row):
                raise Invalid("公示内容中含有身份证号或手机号，请删除后再发布")
        return {"columns": list(self.columns), "rows": rows}


def publish_notice(
    context: CommandContext,
    campaign: Campaign,
    kind: NoticeKind,
    table: NoticeTable,
    *,
    body: str = "",
    workdays: int | None = None,
) -> PublicNotice:
    """Makes `table` public now; with `workdays` objections are taken until that many working days are over."""
    window = None if workdays is None else window_of(context, workdays)
    notice = PublicNotice(
        campaign_id=campaign.id, kind=kind, title=f"{campaign.title}{kind.label}", body=body,
        content=table.content, published_at=context.now, until=window.at if window else None,
        calendar_version=window.calendar_version if window else "",
    )  # fmt: skip
    context.session.add(notice)
    context.session.flush()
    context.record("notice.published", f"campaign:{campaign.id}", chain=f"campaign:{campaign.id}",
                   kind=kind.value, notice=notice.id, rows=len(table.rows))  # fmt: skip
    return notice


def window_of(context: CommandContext, workdays: int) -> Deadline:
    """When a window of `workdays` that begins today is over."""
    return work_calendar(context.session).deadline(context.today, workdays)


def latest_notice(session: Session, campaign_id: int, kind: NoticeKind) -> PublicNotice | None:
    """The notice of that kind which counts."""
    query = select(PublicNotice).where(PublicNotice.campaign_id == campaign_id, PublicNotice.kind == kind)
    return session.scalars(query.order_by(PublicNotice.id.desc()).limit(1)).first()


def is_open(notice: PublicNotice, now: datetime) -> bool:
    """Whether objections are still taken."""
    return notice.until is not None and notice.published_at <= now < notice.until
