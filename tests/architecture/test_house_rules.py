"""The repository keeps the house rules."""

from collections.abc import Callable, Iterable
from pathlib import Path

from tests.architecture import python_rules, template_rules, text_rules
from tests.architecture.files import ROOT, name_of, product_modules, text_files

LONGEST_FILE = 500
LOCKS = {"package-lock.json", "requirements.txt", "requirements-dev.txt", "requirements-node.txt", "LICENSE"}

# Each line: where an attribute is looked up by a computed name, and why no name from outside gets there.
COMPUTED_NAMES = {
    "engine/personnel/recruitment/announcement.py": "the fields of CampaignDates",
    "engine/personnel/recruitment/applicant.py": "the keys of its own table of readers",
    "engine/personnel/recruitment/post_import.py": "the attributes of its own table of columns",
    "engine/personnel/recruitment/settlement.py": "checked against EXTENDABLE the line before",
}


def _offences(paths: Iterable[Path], rule: Callable[[str], list[str]]) -> list[str]:
    return [f"{name_of(path)}:{finding}" for path in paths for finding in rule(path.read_text(encoding="utf-8"))]


def test_nothing_turns_text_into_code() -> None:
    assert _offences(product_modules(), python_rules.dynamic_code) == []


def test_attributes_are_looked_up_by_written_names() -> None:
    modules = (path for path in product_modules() if name_of(path) not in COMPUTED_NAMES)
    assert _offences(modules, python_rules.reflection) == []


def test_only_the_clock_reads_the_machines_time() -> None:
    modules = (path for path in product_modules() if name_of(path) != "engine/kernel/clock.py")
    assert _offences(modules, python_rules.clock_reads) == []


def test_places_that_look_up_computed_names_still_need_to() -> None:
    needed = {name for name in COMPUTED_NAMES if python_rules.reflection((ROOT / name).read_text(encoding="utf-8"))}
    assert needed == set(COMPUTED_NAMES)


def test_there_is_exactly_one_commit() -> None:
    places = _offences(product_modules(), python_rules.commits)
    assert [place.split(":")[0] for place in places] == ["engine/kernel/process_engine.py"]


def test_type_checks_are_silenced_only_at_the_engine_library() -> None:
    mark = "type: " + "ignore"
    silenced = [name_of(path) for path in product_modules() if mark in path.read_text(encoding="utf-8")]
    assert [name for name in silenced if not name.startswith("engine/workflow/spiff/")] == []


def test_the_engine_library_stays_behind_its_adapter() -> None:
    outside = (path for path in product_modules() if not name_of(path).startswith("engine/workflow/spiff/"))
    assert _offences(outside, lambda source: python_rules.imports_of(source, "SpiffWorkflow")) == []


def test_templates_are_quoted_escaped_and_free_of_inline_code() -> None:
    assert _offences((ROOT / "webapp").rglob("templates/**/*.html"), template_rules.findings) == []


def test_no_file_names_a_machine_or_a_registry() -> None:
    assert _offences(text_files(), text_rules.machine_traces) == []


def test_nothing_is_left_open() -> None:
    files = (path for path in text_files() if path.suffix in {".py", ".js", ".mjs", ".html", ".css"})
    assert _offences(files, text_rules.left_open) == []


def test_files_are_short_enough_to_read() -> None:
    read = (path for path in text_files() if path.suffix in {".py", ".js", ".mjs", ".css", ".html"})
    read = (path for path in read if "migrations/versions" not in path.as_posix())  # written by Alembic
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in read}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_lock_files_name_versions_and_no_addresses() -> None:
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-node.txt"):
        lines = (ROOT / name).read_text().splitlines()
        assert [line for line in lines if line and not line.startswith(" ") and "==" not in line] == []
    assert '"resol' + 'ved"' not in (ROOT / "package-lock.json").read_text()
