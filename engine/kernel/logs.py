"""Logging: events are constants, facts are fields, tracebacks never show the values of variables."""

import sys

import structlog


def trace_of(error: BaseException | None) -> list[str]:
    """File and line of the last frames of an error, without its message, which may hold what somebody typed."""
    frames, place = [], error.__traceback__ if error else None
    while place is not None:
        frames.append(f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}")
        place = place.tb_next
    return frames[-12:]


def configure_logs(*, production: bool) -> None:
    """JSON lines in production, plain lines else; both without frame locals, which may hold personal data."""
    renderer: structlog.types.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if production
        else structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    )
    processors: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if production:
        processors.append(structlog.processors.format_exc_info)
    structlog.configure(
        processors=[*processors, renderer], logger_factory=structlog.PrintLoggerFactory(file=sys.stderr)
    )
