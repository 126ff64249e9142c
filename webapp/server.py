"""Serving the pages: one process with a thread pool, and the worker beside it in a demo installation."""

from dataclasses import replace
from typing import TYPE_CHECKING

import waitress
from werkzeug.middleware.proxy_fix import ProxyFix

from engine.installation import build_engine
from engine.kernel.mail_settings import MailSettings
from engine.kernel.migrations import require_current
from engine.kernel.process_engine import ProcessEngine
from engine.kernel.settings import Settings
from engine.workflow.worker import Worker
from webapp.application import create_app
from webapp.rooms import ROOMS

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

THREADS = 8


def application(engine: ProcessEngine, *, proxies: int = 0) -> "WSGIApplication":
    """The pages as a WSGI application; `proxies` is how many proxies before it set X-Forwarded-*."""
    app = create_app(engine, ROOMS)
    return ProxyFix(app, x_for=proxies, x_proto=proxies, x_host=proxies) if proxies else app


def _reachable(settings: Settings, host: str, port: int) -> Settings:
    """A demo that was told no address of its own puts the one it answers at into letters."""
    if settings.mail.base_url != MailSettings.base_url:
        return settings
    return replace(settings, mail=replace(settings.mail, base_url=f"http://{host}:{port}"))


def serve(settings: Settings, *, host: str, port: int, proxies: int = 0) -> None:
    """Answers requests until it is stopped."""
    if settings.production and not proxies:
        raise ValueError("production speaks https: put a proxy in front and say --proxies 1")
    engine = build_engine(settings if settings.production else _reachable(settings, host, port))
    require_current(engine.store)
    if not settings.production:
        Worker(engine).start()
    server = waitress.create_server(
        application(engine, proxies=proxies), host=host, port=port, threads=THREADS, ident=None,
        clear_untrusted_proxy_headers=not proxies,
    )  # fmt: skip
    print(f"\n  http://{host}:{server.effective_port}\n", flush=True)  # noqa: T201
    server.run()
