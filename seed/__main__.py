"""`python -m seed` loads reference data and, on an empty demo installation, the demo county; again changes nothing.

`python -m seed --reference` loads the reference data only. The demo accounts are printed at the end.
"""

import argparse
import sys

from engine.identity.roles import LABELS
from engine.kernel.settings import settings_from_environment
from seed.county import OFFICERS, PASSWORD
from seed.installation import install


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m seed", description=__doc__)
    parser.add_argument("--reference", action="store_true", help="reference data only, no demo county")
    options = parser.parse_args()
    settings = settings_from_environment()
    has_demo = install(settings, demo=not options.reference and not settings.production, tell=_tell)
    if has_demo:
        _print_accounts()
    return 0


def _tell(text: str) -> None:
    end = "\r" if sys.stdout.isatty() and text.endswith("%") else "\n"
    print(text, end=end, flush=True)


def _print_accounts() -> None:
    print(f"\n演示账号（密码均为 {PASSWORD}；报考人员用手机号登录，见报名列表）：\n")
    for officer in OFFICERS:
        print(f"  {officer.login:<24}{LABELS[officer.role]}　{officer.name}")


if __name__ == "__main__":
    sys.exit(main())
