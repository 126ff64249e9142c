"""Files of a case of exit, fault tolerance or clearing: what was handed in, and papers as they were issued.

A file is encoded anew where it is a picture, encrypted, and never changed; a paper has its document number and can only
be issued again beside the earlier one.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Invalid
from engine.kernel.store import Base, EncryptedText, UtcDateTime
from engine.personnel.columns import TermColumn
from engine.personnel.documents.scans import scan
from engine.personnel.files import StoredFile, store_file
from engine.personnel.vocabulary import Term

MOST_FILES = 60
LONGEST_LABEL = 100


class FilePurpose(Term):
    """Why a file is kept with a case."""

    MATERIAL = "material", "材料"
    PAPER = "paper", "文书"


class CaseFile(Base):
    """One file of one case."""

    __tablename__ = "case_file"
    id: Mapped[int] = mapped_column(primary_key=True)
    exit_case_id: Mapped[int | None] = mapped_column(ForeignKey("exit_case.id"), index=True)
    fault_case_id: Mapped[int | None] = mapped_column(ForeignKey("fault_case.id"), index=True)
    clearing_case_id: Mapped[int | None] = mapped_column(ForeignKey("clearing_case.id"), index=True)
    purpose: Mapped[FilePurpose] = mapped_column(TermColumn(FilePurpose))
    kind: Mapped[str] = mapped_column(String(32), comment="kind of evidence, stage of the case, or kind of paper")
    label: Mapped[str] = mapped_column(EncryptedText)
    issuer_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), comment="office of a paper")
    series: Mapped[str | None] = mapped_column(String(32), comment="beginning of the document number")
    year: Mapped[int | None]
    serial: Mapped[int | None]
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), unique=True)
    added_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)

    file: Mapped[StoredFile] = relationship()

    __table_args__ = (
        UniqueConstraint("issuer_id", "series", "year", "serial"),
        CheckConstraint(
            "(exit_case_id IS NOT NULL AND fault_case_id IS NULL AND clearing_case_id IS NULL)"
            " OR (exit_case_id IS NULL AND fault_case_id IS NOT NULL AND clearing_case_id IS NULL)"
            " OR (exit_case_id IS NULL AND fault_case_id IS NULL AND clearing_case_id IS NOT NULL)",
            name="one_case",
        ),
    )

    @property
    def number(self) -> str:
        """The document number of a paper, empty for what was handed in [domain 10.3.9]."""
        return "" if self.serial is None else f"{self.series}〔{self.year}〕{self.serial}号"


@dataclass(frozen=True, slots=True)
class CaseOf:
    """Which case a file belongs to; one of the three."""

    exit_case_id: int | None = None
    fault_case_id: int | None = None
    clearing_case_id: int | None = None


@dataclass(frozen=True, slots=True)
class Material:
    """A file as somebody hands it in."""

    label: str
    content: bytes


@dataclass(frozen=True, slots=True)
class DocumentNumber:
    """苏社×〔2026〕3号: series, year and serial of one office."""

    issuer_id: int
    series: str
    year: int
    serial: int

    def __str__(self) -> str:
        return f"{self.series}〔{self.year}〕{self.serial}号"


def files_of(session: Session, case: CaseOf, purpose: FilePurpose | None = None) -> Sequence[CaseFile]:
    """The files of a case, the oldest first."""
    query = select(CaseFile).where(
        CaseFile.exit_case_id.is_not_distinct_from(case.exit_case_id),
        CaseFile.fault_case_id.is_not_distinct_from(case.fault_case_id),
        CaseFile.clearing_case_id.is_not_distinct_from(case.clearing_case_id),
    )
    if purpose is not None:
        query = query.where(CaseFile.purpose == purpose)
    return session.scalars(query.order_by(CaseFile.id)).all()


def add_material(context: CommandContext, case: CaseOf, kind: str, material: Material) -> CaseFile:
    """Keeps what was handed in: pictures are encoded anew, other types than pictures and PDF are refused."""
    label = material.label.strip()
    if not label:
        raise Invalid(fields={"label": "请填写材料名称"})
    if len(label) > LONGEST_LABEL:
        raise Invalid(fields={"label": f"材料名称最多 {LONGEST_LABEL} 个字"})
    if len(files_of(context.session, case)) >= MOST_FILES:
        raise Conflict(f"一个案件最多 {MOST_FILES} 个文件，请合并后再上传")
    try:
        content = scan(material.content)
        file = store_file(context, context.actor.user_id, label, content)
    except Invalid as error:
        raise Invalid(error.message, fields={"file": error.message}) from error
    return _keep(context, case, FilePurpose.MATERIAL, kind, label, file)


def next_number(context: CommandContext, issuer_id: int, series: str) -> DocumentNumber:
    """The next free number of an office in this year; a race for it runs the loser's command again."""
    query = select(func.max(CaseFile.serial)).where(
        CaseFile.issuer_id == issuer_id, CaseFile.series == series, CaseFile.year == context.today.year
    )
    return DocumentNumber(issuer_id, series, context.today.year, (context.session.scalar(query) or 0) + 1)


def issue_paper(
    context: CommandContext, case: CaseOf, kind: str, label: str, number: DocumentNumber, content: bytes
) -> CaseFile:
    """Keeps a paper as it is issued; nobody can change it afterwards."""
    file = store_file(context, None, label, content)
    return _keep(context, case, FilePurpose.PAPER, kind, label, file, number)


def _keep(
    context: CommandContext, case: CaseOf, purpose: FilePurpose, kind: str, label: str, file: StoredFile,
    number: DocumentNumber | None = None,
) -> CaseFile:  # fmt: skip
    numbered = {} if number is None else asdict(number)
    row = CaseFile(
        **asdict(case), purpose=purpose, kind=kind, label=label, file_id=file.id, added_by=context.actor.user_id,
        added_at=context.now, **numbered,
    )  # fmt: skip
    context.session.add(row)
    context.session.flush()
    context.session.refresh(row, ["file"])
    return row
