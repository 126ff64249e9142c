"""What the officers of the demo county have put in order for themselves: copies, filters, and a deputy."""

from datetime import timedelta

from engine.kernel.clock import local_date
from engine.workflow.definitions import DefinitionCache
from engine.workflow.deputies import AppointDeputy
from engine.workflow.diagram import Operation
from engine.workflow.informing import SendCopies
from engine.workflow.saved_filters import SaveFilter
from engine.workflow.worklist import my_work
from seed.story import Story

COPIED = {"finance_officer": "涉及员额经费，请提前了解。", "county_head": "请知悉。"}
"""Who got copies, and with which words."""
FILTERS = {
    "county_reviewer": {
        "报名初审": {"process": "recruitment_registration", "node": "first_review"},
        "已逾期": {"overdue": "1"},
    },
    "county_clerk": {"新到的在前": {"sort": "newest"}},
}
AWAY = ("street_leader3", "street_leader", timedelta(days=4))
"""Who is away, who stands in for him, and for how long from today."""


def arrange_desks(story: Story) -> None:
    """Copies of what lies with the county, filters of those who read long lists, and a deputy."""
    for item in _copyable(story, "county_clerk"):
        for login, note in COPIED.items():
            story.do(SendCopies(item, (story.county.officers[login],), note), "county_clerk")
    for login, filters in FILTERS.items():
        for name, asked in filters.items():
            story.do(SaveFilter(name, "open", asked), login)
    principal, deputy, span = AWAY
    people, today = story.county.officers, local_date(story.clock.now())
    story.do(AppointDeputy(people[principal], people[deputy], today, today + span), principal)


def _copyable(story: Story, login: str) -> list[int]:
    """The first items of somebody at steps that allow copies."""
    cache = story.engine.service(DefinitionCache)
    with story.engine.reading() as session:
        rows = my_work(session, story.officer(login), story.clock.now()).rows
        found = [
            row.work_item_id
            for row in rows
            if Operation.COPY in cache.get(session, row.definition_id).node(row.node_id).settings.operations
        ]
    return found[:2]
