"""`python -m webapp run` serves the pages; `python -m webapp routes` lists them with their permissions."""

import argparse
import sys

from engine.installation import build_engine
from engine.kernel.migrations import DatabaseNotReady
from engine.kernel.settings import settings_from_environment
from webapp.application import create_app
from webapp.permissions import route_table
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
        try:
            serve(settings, host=options.host, port=options.port, proxies=options.proxies)
        except (DatabaseNotReady, ValueError, OSError) as error:
            sys.exit(str(error))
        return
    print(*route_table(create_app(build_engine(settings), ROOMS)), sep="\n")


if __name__ == "__main__":
    main()
