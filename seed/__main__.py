"""`python -m seed` loads reference data and, on an empty demo installation, the demo county; again changes nothing.

`python -m seed --reference` loads the reference data only. The demo accounts are printed at the end.
"""

import argparse
import sys

from sqlalchemy import select

from engine.identity.roles import LABELS
from engine.identity.users import User
from engine.kernel.settings import Settings, settings_from_environment
from engine.kernel.store import open_store
from engine.personnel.recruitment.registrations import Registration
from engine.personnel.recruitment.states import RegistrationState
from seed.county import OFFICERS, PASSWORD
from seed.installation import install

SHOWN = (
    RegistrationState.DRAFT, RegistrationState.RETURNED, RegistrationState.PASSED, RegistrationState.RECHECK_FAIL,
    RegistrationState.HIRED,
)  # fmt: skip
"""States of applicants that are worth looking at."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m seed", description=__doc__)
    parser.add_argument("--reference", action="store_true", help="reference data only, no demo county")
    options = parser.parse_args()
    settings = settings_from_environment()
    if install(settings, demo=not options.reference and not settings.production, tell=_tell):
        _print_accounts(settings)
    return 0


def _tell(text: str) -> None:
    end = "\r" if sys.stdout.isatty() and text.endswith("%") else "\n"
    print(text, end=end, flush=True)


def _print_accounts(settings: Settings) -> None:
    print(f"\n演示账号，密码均为 {PASSWORD}\n")
    for officer in OFFICERS:
        print(f"  {officer.login:<24}{LABELS[officer.role]}　{officer.name}")
    for phone, name, state in sample_applicants(settings):
        print(f"  {phone:<24}报考人员　{name}（{state}）")
    print(f"\n可导入的表格在 {settings.data_folder / 'demo'}")


def sample_applicants(settings: Settings) -> list[tuple[str, str, str]]:
    """(phone, name, state) of the latest applicant in each state worth looking at."""
    store = open_store(settings.database_url, settings.cipher())
    found = []
    with store.reading() as session:
        for state in SHOWN:
            query = select(User, Registration.name).join(Registration, Registration.user_id == User.id)
            row = session.execute(query.where(Registration.state == state).order_by(Registration.id.desc())).first()
            if row is not None:
                found.append((row[0].phone or "", row[0].name, state.label))
    store.close()
    return found


if __name__ == "__main__":
    sys.exit(main())
