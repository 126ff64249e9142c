"""What is about to be made public, exactly as the public will read it, and making it public."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Invalid
from engine.personnel.recruitment import hiring, results
from engine.personnel.recruitment.notices import latest_notice
from engine.personnel.recruitment.outcomes import NoticeKind, PublicNotice
from forms.desk import ReleaseForm
from webapp.binding import bind, status_of, submitted
from webapp.desk.blueprint import blueprint
from webapp.desk.campaigns import found_campaign
from webapp.desk.completion import finish_step
from webapp.desk.overview import counties_of, open_item
from webapp.paging import page_within
from webapp.permissions import requires
from webapp.visit import actor, engine, found, reading

LINES = 500
"""Lines of a list on one page of its preview."""
READERS = ("county_clerk", "county_head", "exam_officer")


@dataclass(frozen=True, slots=True)
class Release:
    """A list of the recruitment that an officer lets go."""

    label: str
    node_id: str
    decision: str
    button: str
    consequence: str
    publish: Callable[[CommandContext, int], Sequence[PublicNotice]]
    """Publishes the list in the transaction it is given."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A notice as the public will read it."""

    title: str
    body: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    until: Any


class _Seen(Exception):
    """Carries the preview out of the transaction, which is then thrown away."""

    def __init__(self, notices: Sequence[Shown]) -> None:
        self.notices = notices


def _written(context: CommandContext, campaign_id: int) -> Sequence[PublicNotice]:
    return results.publish_written(context, campaign_id)


def _totals(context: CommandContext, campaign_id: int) -> Sequence[PublicNotice]:
    totals = results.publish_totals(context, campaign_id)
    hiring.select_medical(context, campaign_id)
    medical = latest_notice(context.session, campaign_id, NoticeKind.MEDICAL)
    return [totals] if medical is None else [totals, medical]


def _hiring(context: CommandContext, campaign_id: int) -> Sequence[PublicNotice]:
    return [hiring.publish_publicity(context, campaign_id)]


RELEASES: Mapping[str, Release] = {
    "written": Release(
        "笔试成绩", "release_written", "release", "公布笔试成绩",
        "公布后开始受理查分和加分公示，期满后自动确定资格复审名单。", _written,
    ),
    "totals": Release(
        "总成绩", "release_totals", "release", "公布总成绩",
        "公布后按 1:1 确定体检、考察人选，并通知全部面试人员。", _totals,
    ),
    "hiring": Release(
        "拟聘用公示", "prepare_publicity", "publish", "发布公示", "发布后开始受理异议，公示期满转聘用审批。", _hiring,
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Preview:
    """Publishes in a transaction that never commits, and brings out what would have been public."""

    campaign_id: int
    county_id: int
    release: Release

    def execute(self, context: CommandContext) -> None:
        if self.county_id not in counties_of(context.session, context.actor, *READERS):
            found(None)
        notices = self.release.publish(context, self.campaign_id)
        raise _Seen([
            Shown(notice.title, notice.body, notice.content["columns"], notice.content["rows"], notice.until)
            for notice in notices
        ])  # fmt: skip


@blueprint.route("/campaigns/<number>/release/<kind>", methods=["GET", "POST"])
@requires(*READERS)
def release(number: str, kind: str) -> ResponseReturnValue:
    """Look at the list; make it public."""
    campaign, what = found_campaign(number), found(RELEASES.get(kind))
    form = bind(ReleaseForm)
    if submitted(form):
        return finish_step(number, what.node_id, what.decision, f"{what.label}已公布", form.opinion.data or "")
    notices, problem = _preview(Preview(campaign.id, campaign.county_id, what))
    with reading() as session:
        mine = open_item(session, actor(), number, what.node_id, engine().clock.now()) is not None
    pages = [page_within(notice.rows, size=LINES, parameter=f"after{n}") for n, notice in enumerate(notices)]
    page = render_template(
        "desk/release.html", campaign=campaign, what=what, form=form, notices=list(zip(notices, pages, strict=True)),
        problem=problem, mine=mine,
    )  # fmt: skip
    return page, status_of(form)


def _preview(command: Preview) -> tuple[Sequence[Shown], str]:
    try:
        engine().execute(command, actor=actor())
    except _Seen as seen:
        return seen.notices, ""
    except (Invalid, Conflict) as error:
        return (), error.message
    return (), ""
