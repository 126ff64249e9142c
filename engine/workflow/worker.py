"""The worker: does due jobs, as a thread beside the web server or as a process of its own."""

import os
import socket
import threading
import time

import structlog

from engine.kernel.actor import SYSTEM
from engine.kernel.logs import trace_of
from engine.kernel.process_engine import ProcessEngine
from engine.mail.carrier import Carrier
from engine.workflow.digests import ScheduleDigests
from engine.workflow.housekeeping import ScheduleHousekeeping
from engine.workflow.jobs import run_due_jobs
from engine.workflow.mailing import tell_people
from engine.workflow.settled_notifications import settle_notifications

log = structlog.get_logger(__name__)

PAUSE = 1.0
"""Seconds between two looks at the job table when nobody rings."""
SETTLE_EVERY = 30.0
"""Seconds between two looks at messages that have settled themselves."""
TELL_EVERY = 5.0
"""Seconds between two looks at what people have to be told, so that what comes together is told together."""


class Worker:
    """A loop over due jobs; wakes at once when a command of its own process has committed."""

    def __init__(self, engine: ProcessEngine, name: str | None = None) -> None:
        self.engine = engine
        self.name = name or f"{socket.gethostname()}:{os.getpid()}"
        self._bell = threading.Event()
        self._stop = threading.Event()
        self._ident: int | None = None
        self._told_at = -TELL_EVERY
        self._settled_at = -SETTLE_EVERY
        self._carrier = Carrier(engine, self.name)
        engine.on_commit = self._ring

    def start(self) -> threading.Thread:
        """Runs in a thread that ends with the process."""
        thread = threading.Thread(target=self.run, name="worker", daemon=True)
        thread.start()
        return thread

    def run(self) -> None:
        """Runs until `stop` is called."""
        self._ident = threading.get_ident()
        if self.engine.settings.mail.on:
            self._carrier.start()
        scheduled = False
        while not self._stop.is_set():
            self._bell.clear()
            try:
                if not scheduled:
                    self.engine.execute(ScheduleHousekeeping(), actor=SYSTEM)
                    self.engine.execute(ScheduleDigests(), actor=SYSTEM)
                    scheduled = True
                while run_due_jobs(self.engine, self.name) and not self._stop.is_set():
                    pass
                self._tell()
            except Exception as error:  # the database may be away for a moment; the loop must outlive that
                log.error("worker_round_failed", kind=type(error).__name__, trace=trace_of(error))  # noqa: TRY400
            self._bell.wait(PAUSE)

    def _tell(self) -> None:
        if time.monotonic() >= self._told_at + TELL_EVERY:
            self._told_at = time.monotonic()
            while tell_people(self.engine) and not self._stop.is_set():
                pass
        if time.monotonic() >= self._settled_at + SETTLE_EVERY:
            self._settled_at = time.monotonic()
            settle_notifications(self.engine)

    def _ring(self) -> None:
        """Its own commits do not wake it, else it would never rest."""
        if threading.get_ident() != self._ident:
            self._bell.set()

    def stop(self) -> None:
        """Ends the loop after the job under way."""
        self._stop.set()
        self._carrier.stop()
        self._bell.set()
