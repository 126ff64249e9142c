"""`python -m webapp run` serves the pages; `python -m webapp routes` lists them with their permissions."""

import argparse

from engine.installation import build_engine
from engine.kernel.settings import settings_from_environment
from webapp.application import create_app
from webapp.permissions import permission_of
from webapp.rooms import ROOMS
from webapp.server import serve


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m webapp", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="serve the pages")
    run.add_argument("--host", default="127.0.0.1")
    run.add_argument("--port", type=int, default=8000)
    run.add_argument("--proxies", type=int, default=0, help="how many proxies in front set X-Forwarded-*")
    commands.add_parser("routes", help="list every route with its methods and permission")
    options = parser.parse_args()
    settings = settings_from_environment()
    if options.command == "run":
        serve(settings, host=options.host, port=options.port, proxies=options.proxies)
        return
    app = create_app(build_engine(settings), ROOMS)
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        methods = ",".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        print(f"{methods:<9} {rule.rule:<60} {permission_of(app, rule.endpoint) or 'public'}")


if __name__ == "__main__":
    main()
