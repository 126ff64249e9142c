"""The worker: does due jobs, as a thread beside the web server or as a process of its own."""

import os
import socket
import threading

import structlog

from engine.kernel.process_engine import ProcessEngine
from engine.workflow.jobs import run_due_jobs

log = structlog.get_logger(__name__)

PAUSE = 1.0
"""Seconds between two looks at the job table when nobody rings."""


class Worker:
    """A loop over due jobs; wakes at once when a command of its own process has committed."""

    def __init__(self, engine: ProcessEngine, name: str | None = None) -> None:
        self.engine = engine
        self.name = name or f"{socket.gethostname()}:{os.getpid()}"
        self._bell = threading.Event()
        self._stop = threading.Event()
        engine.on_commit = self._bell.set

    def start(self) -> threading.Thread:
        """Runs in a thread that ends with the process."""
        thread = threading.Thread(target=self.run, name="worker", daemon=True)
        thread.start()
        return thread

    def run(self) -> None:
        """Runs until `stop` is called."""
        while not self._stop.is_set():
            self._bell.clear()
            try:
                while run_due_jobs(self.engine, self.name) and not self._stop.is_set():
                    pass
            except Exception:  # the database may be away for a moment; the loop must outlive that
                log.exception("worker_round_failed")
            self._bell.wait(PAUSE)

    def stop(self) -> None:
        """Ends the loop after the job under way."""
        self._stop.set()
        self._bell.set()
