"""Logging: events are constants, facts are fields, tracebacks never show the values of variables."""

import sys

import structlog


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
