"""Imports of spreadsheets that are checked and saved part by part, and count all at once.

The rows lie encrypted in parts. Each part is checked, later saved, in a transaction of its own, so that the progress is
real and a break loses nothing. Saved scores belong to their import and count only when it is done: one row changes, and
everybody sees all of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, String, UniqueConstraint, delete, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Invalid, NotFound
from engine.kernel.store import Base, EncryptedJson, PlainJson, UtcDateTime
from engine.personnel.columns import TermColumn
from engine.personnel.recruitment.campaigns import Campaign
from engine.personnel.tabular import Column, Reading, Row, RowError, cells_under, check_headings, read_part
from engine.personnel.vocabulary import Term

PART = 500
"""Rows of a part."""
MOST_ERRORS_SHOWN = 200


class ImportState(Term):
    """Where an import stands."""

    CHECKING = "checking", "正在核对"
    CHECKED = "checked", "已核对，待确认"
    SAVING = "saving", "正在写入"
    DONE = "done", "已导入"
    STOPPED = "stopped", "未能导入"


WORKING = (ImportState.CHECKING, ImportState.SAVING)
OPEN = (*WORKING, ImportState.CHECKED)


class SheetImport(Base):
    """One uploaded spreadsheet on its way."""

    __tablename__ = "sheet_import"
    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    state: Mapped[ImportState] = mapped_column(TermColumn(ImportState))
    run: Mapped[int] = mapped_column(default=0, comment="parts handed out for an earlier run are not worked on")
    headings: Mapped[list[str]] = mapped_column(PlainJson)
    total: Mapped[int] = mapped_column(comment="rows")
    checked: Mapped[int] = mapped_column(default=0, comment="rows")
    saved: Mapped[int] = mapped_column(default=0, comment="rows")
    wrong: Mapped[int] = mapped_column(default=0, comment="mistakes found")
    reason: Mapped[str] = mapped_column(String(300), default="", comment="why it stopped or is to be looked at again")
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    moved_at: Mapped[datetime] = mapped_column(UtcDateTime, comment="last progress")
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_sheet_import_campaign_kind", "campaign_id", "kind", "state"),)


class SheetPart(Base):
    """Some rows of an import, until it is done."""

    __tablename__ = "sheet_import_part"
    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("sheet_import.id", ondelete="CASCADE"))
    position: Mapped[int]
    first: Mapped[int] = mapped_column(comment="number of its first row in the spreadsheet")
    rows: Mapped[list[list[str]]] = mapped_column(EncryptedJson)
    repeated: Mapped[list[list[int]]] = mapped_column(PlainJson, default=list, comment="[row, earlier row]")
    errors: Mapped[list[list[Any]]] = mapped_column(EncryptedJson, default=list, comment="[row, column, message]")
    checked: Mapped[bool] = mapped_column(default=False)
    saved: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (UniqueConstraint("import_id", "position"),)


Judge = Callable[[CommandContext, Campaign], None]


@dataclass(frozen=True, slots=True)
class SheetKind:
    """One of the spreadsheets that the desk takes."""

    key: str
    columns: Callable[[Campaign], Sequence[Column]]
    unique: Column | None
    """No two rows hold the same there; None when `check` sees to it."""
    may: Judge
    """Refuses whoever may not import it."""
    in_time: Judge
    """Refuses an import that does not belong to the campaign's present stage."""
    check: Callable[[CommandContext, Campaign, Reading], None]
    save: Callable[[CommandContext, Campaign, Reading, SheetImport], None]
    undo: Callable[[CommandContext, SheetImport], None]
    """Takes back what was saved and does not count yet."""
    whole: bool = False
    """The rows depend on each other and are checked and saved as one part."""


@dataclass(frozen=True, slots=True)
class SheetView:
    """An import as its owner sees it; rows with mistakes first."""

    id: int
    kind: str
    state: ImportState
    total: int
    checked: int
    saved: int
    wrong: int
    reason: str
    moved_at: datetime
    headings: Sequence[str]
    rows: Sequence[tuple[int, Sequence[str]]]
    errors: Sequence[RowError]

    @property
    def working(self) -> bool:
        return self.state in WORKING


def stage(context: CommandContext, campaign: Campaign, kind: SheetKind, rows: Sequence[Row]) -> SheetImport:
    """Keeps the rows in parts; an earlier unfinished upload of the same person makes room."""
    check_headings(rows, kind.columns(campaign))
    refuse_while_importing(context.session, campaign.id, kind.key)
    for earlier in _unfinished(context, campaign.id, kind.key):
        context.session.delete(earlier)
    row = SheetImport(
        campaign_id=campaign.id, kind=kind.key, owner_id=context.actor.user_id, state=ImportState.CHECKING, run=0,
        headings=[str(cell).strip() for cell in rows[0]], total=len(rows) - 1, started_at=context.now,
        moved_at=context.now,
    )  # fmt: skip
    context.session.add(row)
    context.session.flush()
    size = max(1, len(rows) - 1) if kind.whole else PART
    for position, start in enumerate(range(1, len(rows), size)):
        cells = [[str(cell) for cell in each] for each in rows[start : start + size]]
        context.session.add(SheetPart(import_id=row.id, position=position, first=start + 1, rows=cells))
    context.session.flush()
    return row


def begin_check(context: CommandContext, kind: SheetKind, row: SheetImport) -> list[int]:
    """Everything is to be checked anew; answers the parts."""
    parts = parts_of(context.session, row.id)
    _mark_repeated(kind, row, parts)
    for part in parts:
        part.checked, part.errors = False, []
    row.state, row.checked, row.wrong, row.reason = ImportState.CHECKING, 0, 0, ""
    return _next_run(context, row, parts)


def check_part(context: CommandContext, kind: SheetKind, row: SheetImport, position: int) -> None:
    """What is wrong in one part; the last part ends the check."""
    part = _part(context.session, row.id, position)
    if part is None or part.checked or row.state is not ImportState.CHECKING:
        return
    reading = _read(context, kind, row, part)
    part.errors, part.checked = _plain(reading), True
    row.checked, row.wrong, row.moved_at = row.checked + len(part.rows), row.wrong + len(part.errors), context.now
    if row.checked >= row.total:
        row.state = ImportState.CHECKED
    context.session.flush()


def begin_save(context: CommandContext, row: SheetImport) -> list[int]:
    """The owner has confirmed; answers the parts."""
    if row.state is not ImportState.CHECKED:
        raise Conflict(f"该表格{row.state.label}，不能重复确认")
    if row.wrong:
        raise Conflict(f"表格还有 {row.wrong} 处错误，改正后才能导入")
    refuse_while_importing(context.session, row.campaign_id, row.kind)
    row.state, row.saved, row.reason = ImportState.SAVING, 0, ""
    return _next_run(context, row, parts_of(context.session, row.id))


def save_part(context: CommandContext, kind: SheetKind, row: SheetImport, position: int) -> bool:
    """Saves one part after checking it once more; answers whether the import is done with it."""
    part = _part(context.session, row.id, position)
    if part is None or part.saved or row.state is not ImportState.SAVING:
        return False
    campaign = context.session.get_one(Campaign, row.campaign_id)
    reading = _read(context, kind, row, part)
    if reading.errors:
        part.errors = _plain(reading)
        _take_back(context, kind, row, "写入前再次核对时发现名单有变化，什么都没有导入，请改正后重新确认")
        return False
    if reading.rows:
        kind.save(context, campaign, reading, row)
    part.saved = True
    row.saved, row.moved_at = row.saved + len(part.rows), context.now
    context.session.flush()
    return row.saved >= row.total and _finish(context, kind, campaign, row)


def mend(context: CommandContext, row: SheetImport, cells: dict[tuple[int, int], str]) -> None:
    """Changes cells, by row number of the spreadsheet and place."""
    if row.state is not ImportState.CHECKED:
        raise Conflict(f"该表格{row.state.label}，现在不能改正")
    for part in parts_of(context.session, row.id):
        numbers = range(part.first, part.first + len(part.rows))
        mine = {key: text for key, text in cells.items() if key[0] in numbers}
        if mine:
            rows = [list(cells_of_row) for cells_of_row in part.rows]
            for (number, place), text in mine.items():
                if 0 <= place < len(rows[number - part.first]):
                    rows[number - part.first][place] = text
            part.rows = rows


def give_up(context: CommandContext, kind: SheetKind, row: SheetImport) -> None:
    """The upload goes, and whatever was saved of it."""
    if row.state not in OPEN:
        raise Conflict(f"该表格{row.state.label}，不能放弃")
    kind.undo(context, row)
    context.session.delete(row)
    context.session.flush()


def own_import(context: CommandContext, import_id: int) -> SheetImport:
    """The import, locked, if it is the actor's own; to others it does not exist."""
    row = context.session.get(SheetImport, import_id, with_for_update=True)
    if row is None or (not context.actor.is_system and row.owner_id != context.actor.user_id):
        raise NotFound("上传的表格已过期，请重新上传。")
    return row


def view_of(session: Session, row: SheetImport) -> SheetView:
    """What the preview shows: the first mistakes and rows."""
    errors: list[RowError] = []
    rows: list[tuple[int, Sequence[str]]] = []
    plain: list[tuple[int, Sequence[str]]] = []
    for part in parts_of(session, row.id) if row.state is ImportState.CHECKED else ():
        errors += [RowError(*entry) for entry in part.errors[: MOST_ERRORS_SHOWN - len(errors)]]
        wrong = {error.row for error in errors}
        for number, cells in enumerate(part.rows, start=part.first):
            target = rows if number in wrong else plain
            if len(target) < MOST_ERRORS_SHOWN:
                target.append((number, cells))
        if row.wrong <= len(errors) and len(rows) + len(plain) >= MOST_ERRORS_SHOWN:
            break
    return SheetView(
        row.id, row.kind, row.state, row.total, row.checked, row.saved, row.wrong, row.reason, row.moved_at,
        row.headings, [*rows, *plain][:MOST_ERRORS_SHOWN], sorted(errors, key=lambda error: error.row),
    )  # fmt: skip


def keys_in(session: Session, row: SheetImport, column: Column) -> set[str]:
    """What the rows hold in a column."""
    return {text for part in parts_of(session, row.id) for text in cells_under(row.headings, part.rows, column)}


def open_imports(session: Session, campaign_id: int, owner_id: int | None) -> list[SheetImport]:
    """Uploads of one person that are being checked, wait for him, or are being saved."""
    query = select(SheetImport).where(
        SheetImport.campaign_id == campaign_id, SheetImport.owner_id == owner_id, SheetImport.state.in_(OPEN)
    )
    return list(session.scalars(query.order_by(SheetImport.id)))


def is_counted(import_id: Any) -> ColumnElement[bool]:
    """Whether a score counts: it came in at once, or its import is done."""
    done = select(SheetImport.id).where(SheetImport.state == ImportState.DONE)
    return or_(import_id.is_(None), import_id.in_(done))


def refuse_while_importing(session: Session, campaign_id: int, kind: str | None = None) -> None:
    """While scores of a campaign are being saved nothing is settled on half of them."""
    query = select(func.count()).where(
        SheetImport.campaign_id == campaign_id, SheetImport.state == ImportState.SAVING,
        *([] if kind is None else [SheetImport.kind == kind]),
    )  # fmt: skip
    if session.scalar(query):
        raise Conflict("有一次导入正在写入，请等它完成后再办理")


def parts_of(session: Session, import_id: int) -> list[SheetPart]:
    """The parts in the order of their rows."""
    query = select(SheetPart).where(SheetPart.import_id == import_id)
    return list(session.scalars(query.order_by(SheetPart.position)))


def forget_abandoned(context: CommandContext, before: datetime) -> int:
    """Uploads that nobody has confirmed since then are removed with their rows; answers how many."""
    query = delete(SheetImport).where(
        SheetImport.state.in_((ImportState.CHECKING, ImportState.CHECKED)), SheetImport.moved_at < before
    )
    return len(context.session.execute(query.returning(SheetImport.id)).all())


def _unfinished(context: CommandContext, campaign_id: int, kind: str) -> list[SheetImport]:
    mine = open_imports(context.session, campaign_id, context.actor.user_id)
    return [row for row in mine if row.kind == kind]


def _part(session: Session, import_id: int, position: int) -> SheetPart | None:
    query = select(SheetPart).where(SheetPart.import_id == import_id, SheetPart.position == position)
    return session.scalar(query)


def _next_run(context: CommandContext, row: SheetImport, parts: Sequence[SheetPart]) -> list[int]:
    row.run += 1
    row.moved_at = context.now
    context.session.flush()
    return [part.position for part in parts]


def _mark_repeated(kind: SheetKind, row: SheetImport, parts: Sequence[SheetPart]) -> None:
    seen: dict[str, int] = {}
    for part in parts:
        part.repeated = []
        if kind.unique is None:
            continue
        for number, text in enumerate(cells_under(row.headings, part.rows, kind.unique), start=part.first):
            if text in seen:
                part.repeated = [*part.repeated, [number, seen[text]]]
            elif text:
                seen[text] = number


def _read(context: CommandContext, kind: SheetKind, row: SheetImport, part: SheetPart) -> Reading:
    """The part's rows with everything that is wrong in them."""
    campaign = context.session.get_one(Campaign, row.campaign_id)
    reading = read_part(row.headings, part.rows, kind.columns(campaign), part.first)
    by_number = {read.number: read for read in reading.rows}
    for number, earlier in part.repeated:
        if number in by_number and kind.unique is not None:
            reading.refuse(by_number[number], kind.unique.heading, f"与第 {earlier} 行重复")
    kind.check(context, campaign, reading)
    return reading


def _plain(reading: Reading) -> list[list[Any]]:
    return [[error.row, error.column, error.message] for error in sorted(reading.errors, key=lambda each: each.row)]


def _take_back(context: CommandContext, kind: SheetKind, row: SheetImport, reason: str) -> None:
    """Nothing of it counts; the owner looks at it again."""
    kind.undo(context, row)
    parts = parts_of(context.session, row.id)
    for part in parts:
        part.saved = False
    row.state, row.saved, row.reason = ImportState.CHECKED, 0, reason
    row.wrong = sum(len(part.errors) for part in parts)
    _next_run(context, row, ())


def _finish(context: CommandContext, kind: SheetKind, campaign: Campaign, row: SheetImport) -> bool:
    """The one change by which everything counts; too late, and nothing does."""
    row.ended_at = context.now
    try:
        kind.in_time(context, campaign)
    except (Conflict, Invalid) as error:
        kind.undo(context, row)
        row.state, row.reason = ImportState.STOPPED, error.message[:300]
    else:
        row.state = ImportState.DONE
    context.session.execute(delete(SheetPart).where(SheetPart.import_id == row.id))
    context.session.flush()
    return row.state is ImportState.DONE
