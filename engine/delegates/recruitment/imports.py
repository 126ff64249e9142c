"""Spreadsheets of the desk: checked and saved part by part by the worker, a short one at once [domain 1.6, 1.8]."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete

from engine.kernel.command import CommandContext
from engine.kernel.errors import NotFound
from engine.personnel.recruitment import post_import, score_sheets, settings, sheet_imports
from engine.personnel.recruitment.announcement import campaign_of, note_campaign
from engine.personnel.recruitment.campaigns import Campaign
from engine.personnel.recruitment.exams import InterviewScore, WrittenScore
from engine.personnel.recruitment.sheet_imports import SheetImport, SheetKind
from engine.personnel.tabular import Column, Reading, Row
from engine.workflow.delegates import BatchCall, Pending, batch
from engine.workflow.services import start_batch

AT_ONCE = sheet_imports.PART
"""Rows of a spreadsheet that is worked on in the request itself."""
CHECK, SAVE = "recruitment.check_sheet", "recruitment.save_sheet"


@dataclass(frozen=True, slots=True)
class UploadSheet:
    """Keeps the rows of a spreadsheet and begins to check them; nothing is saved yet. Answers the import."""

    campaign_id: int
    kind: str
    rows: Sequence[Row]

    def execute(self, context: CommandContext) -> int:
        campaign, kind = campaign_of(context.session, self.campaign_id), kind_of(self.kind)
        kind.may(context, campaign)
        kind.in_time(context, campaign)
        row = sheet_imports.stage(context, campaign, kind, self.rows)
        _check(context, kind, row)
        return row.id


@dataclass(frozen=True, slots=True)
class MendSheet:
    """Changes cells that were wrong, by row number and place, and checks everything anew."""

    import_id: int
    cells: Mapping[tuple[int, int], str]

    def execute(self, context: CommandContext) -> None:
        row, kind, _ = _own(context, self.import_id)
        sheet_imports.mend(context, row, dict(self.cells))
        _check(context, kind, row)


@dataclass(frozen=True, slots=True)
class CommitSheet:
    """The rows are right: they are saved, and count together with the last one. Answers whether that is so already."""

    import_id: int

    def execute(self, context: CommandContext) -> bool:
        row, kind, campaign = _own(context, self.import_id)
        kind.in_time(context, campaign)
        parts = sheet_imports.begin_save(context, row)
        note_campaign(context, campaign, "exam.import_confirmed", sheet=row.kind, rows=row.total)
        return _work(context, row, SAVE, parts)


@dataclass(frozen=True, slots=True)
class GiveUpSheet:
    """The owner gives an upload up; nothing of it stays."""

    import_id: int

    def execute(self, context: CommandContext) -> None:
        row, kind, _ = _own(context, self.import_id)
        sheet_imports.give_up(context, kind, row)


@batch(CHECK)
def check_sheet(call: BatchCall) -> None:
    """Checks the parts of this chunk."""
    _steps(call, CHECK)


@batch(SAVE)
def save_sheet(call: BatchCall) -> None:
    """Saves the parts of this chunk."""
    _steps(call, SAVE)


def _steps(call: BatchCall, what: str) -> None:
    row = call.context.session.get(SheetImport, call.data["import"], with_for_update=True)
    if row is None or row.run != call.data["run"]:
        return  # given up, or begun anew, since the chunk was handed out
    for position in call.items:
        _step(call.context, row, what, position)


def kind_of(key: str) -> SheetKind:
    """A spreadsheet that the desk takes, or NotFound."""
    if key not in KINDS:
        raise NotFound()
    return KINDS[key]


def _own(context: CommandContext, import_id: int) -> tuple[SheetImport, SheetKind, Campaign]:
    row = sheet_imports.own_import(context, import_id)
    campaign, kind = campaign_of(context.session, row.campaign_id), kind_of(row.kind)
    kind.may(context, campaign)
    return row, kind, campaign


def _check(context: CommandContext, kind: SheetKind, row: SheetImport) -> None:
    _work(context, row, CHECK, sheet_imports.begin_check(context, kind, row))


def _work(context: CommandContext, row: SheetImport, what: str, parts: Sequence[int]) -> bool:
    """A short spreadsheet is done now, a long one by the worker; answers whether the import is done."""
    if row.total <= AT_ONCE:
        return [_step(context, row, what, position) for position in parts][-1]
    start_batch(context, Pending(what, parts, {"import": row.id, "run": row.run}, chunk=1), None, None)
    return False


def _step(context: CommandContext, row: SheetImport, what: str, position: int) -> bool:
    kind = kind_of(row.kind)
    if what == CHECK:
        sheet_imports.check_part(context, kind, row, position)
        return False
    done = sheet_imports.save_part(context, kind, row, position)
    if done:
        campaign = campaign_of(context.session, row.campaign_id)
        note_campaign(context, campaign, _NOTED[row.kind], rows=row.total)
    return done


def _judged(campaign: Campaign) -> Sequence[Column]:
    return score_sheets.interview_columns(campaign.policy[settings.JUDGES])


def _save_posts(context: CommandContext, campaign: Campaign, reading: Reading, _row: SheetImport) -> None:
    post_import.save_posts(context, campaign, reading)


def _save_written(context: CommandContext, campaign: Campaign, reading: Reading, row: SheetImport) -> None:
    score_sheets.save_written(context, campaign, reading, row.owner_id, row.id)


def _save_interviews(context: CommandContext, campaign: Campaign, reading: Reading, row: SheetImport) -> None:
    score_sheets.save_interviews(context, campaign, reading, row.owner_id, row.id)


def _undo_posts(_context: CommandContext, _row: SheetImport) -> None:
    """Posts are saved in one part, all or none."""


def _undo_written(context: CommandContext, row: SheetImport) -> None:
    context.session.execute(delete(WrittenScore).where(WrittenScore.import_id == row.id))


def _undo_interviews(context: CommandContext, row: SheetImport) -> None:
    context.session.execute(delete(InterviewScore).where(InterviewScore.import_id == row.id))


_NOTED = {
    "posts": "campaign.posts_imported", "written": "exam.written_imported", "interview": "exam.interview_imported",
}  # fmt: skip
KINDS: Mapping[str, SheetKind] = {
    "posts": SheetKind(
        "posts", lambda _: post_import.POST_COLUMNS, None, post_import.require_planner, post_import.require_drafting,
        post_import.check_posts, _save_posts, _undo_posts, whole=True,
    ),
    "written": SheetKind(
        "written", lambda _: score_sheets.WRITTEN_COLUMNS, score_sheets.EXAM_NUMBER, score_sheets.require_examiner,
        score_sheets.require_written_time, score_sheets.check_written, _save_written, _undo_written,
    ),
    "interview": SheetKind(
        "interview", _judged, score_sheets.EXAM_NUMBER, score_sheets.require_examiner,
        score_sheets.require_interview_time, score_sheets.check_interviews, _save_interviews, _undo_interviews,
    ),
}  # fmt: skip
