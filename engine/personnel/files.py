"""Stored files: random names outside the web root, encrypted content, types told by content, never by name."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import filetype
from sqlalchemy import CheckConstraint, ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.kernel.cipher import Cipher
from engine.kernel.command import CommandContext
from engine.kernel.errors import Invalid, NotFound
from engine.kernel.store import Base, EncryptedText, UtcDateTime

LARGEST = 5 * 1024 * 1024
"""Bytes of one file."""
ORPHANS_KEPT = timedelta(days=1)
ALLOWED = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}
"""Accepted types by content."""


class StoredFile(Base):
    """One uploaded file; its content lies encrypted in the files folder under `token`."""

    __tablename__ = "stored_file"
    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(43), unique=True, comment="random name on disk")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    name: Mapped[str] = mapped_column(EncryptedText, comment="name as the owner called it")
    media_type: Mapped[str] = mapped_column(String(64), comment="told by content")
    size: Mapped[int] = mapped_column(comment="bytes")
    sha256: Mapped[str] = mapped_column(String(64), comment="digest of the plain content")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="content removed after retention")

    __table_args__ = (CheckConstraint("size > 0", name="size"),)


@dataclass(frozen=True, slots=True)
class FileContent:
    """A file as it is handed out."""

    name: str
    media_type: str
    content: bytes


def store_file(context: CommandContext, owner_id: int | None, name: str, content: bytes) -> StoredFile:
    """Keeps `content`; a failed transaction leaves no file behind."""
    media_type = checked_type(content)
    token = secrets.token_urlsafe(32)
    path = _path(context.settings.files_folder, token)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(context.cipher.encrypt(content))
    context.after_rollback(lambda: path.unlink(missing_ok=True))
    file = StoredFile(
        token=token, owner_id=owner_id, name=name[:200], media_type=media_type, size=len(content),
        sha256=hashlib.sha256(content).hexdigest(), created_at=context.now,
    )  # fmt: skip
    context.session.add(file)
    context.session.flush()
    return file


def checked_type(content: bytes) -> str:
    """The media type told by content; refuses what is empty, too large or of another type."""
    if not content:
        raise Invalid("文件是空的，请重新选择")
    if len(content) > LARGEST:
        raise Invalid(f"文件 {len(content) / 1048576:.1f} MB，超过 5 MB 上限，请压缩后再上传")
    kind = filetype.guess_mime(content)
    if kind not in ALLOWED:
        raise Invalid("只能上传 JPG、PNG 图片或 PDF 文件，请转换格式后再上传")
    return str(kind)


def remove_file(context: CommandContext, file_id: int) -> None:
    """Forgets a file; its content goes after the commit."""
    file = context.session.get_one(StoredFile, file_id)
    path = _path(context.settings.files_folder, file.token)
    context.session.delete(file)
    context.after_commit(lambda: path.unlink(missing_ok=True))


def read_file(session: Session, folder: Path, cipher: Cipher, file_id: int) -> FileContent:
    """The content of a stored file; the caller has checked that the reader may see it."""
    file = session.get(StoredFile, file_id)
    if file is None or file.deleted_at is not None:
        raise NotFound("文件不存在，或已按保存期限清除")
    return FileContent(file.name, file.media_type, cipher.decrypt(_path(folder, file.token).read_bytes()))


def erase_content(context: CommandContext, file: StoredFile) -> None:
    """The time for which the content may be kept is over; that there was a file stays known."""
    path = _path(context.settings.files_folder, file.token)
    file.deleted_at = context.now
    context.after_commit(lambda: path.unlink(missing_ok=True))


def shelves(folder: Path) -> list[str]:
    """The sub-folders that contents lie in."""
    return sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.exists() else []


def sweep(context: CommandContext, shelf: str) -> int:
    """Removes contents of a sub-folder that no row knows, such as a killed process leaves them; answers how many.

    Only what is older than a day: a younger one may belong to a transaction under way.
    """
    oldest = (context.now - ORPHANS_KEPT).timestamp()
    folder = context.settings.files_folder / shelf
    old = {path.name: path for path in folder.iterdir() if path.stat().st_mtime < oldest} if folder.is_dir() else {}
    tokens = select(StoredFile.token).where(StoredFile.token.startswith(shelf, autoescape=True))
    known = set(context.session.scalars(tokens))
    orphans = [path for name, path in old.items() if name not in known]
    for path in orphans:
        context.after_commit(partial(path.unlink, missing_ok=True))
    return len(orphans)


def _path(folder: Path, token: str) -> Path:
    return folder / token[:2] / token
