"""Tools for process authors at a shell: check, trace, feel, verify-history, worker."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import select

from engine.decision import (
    DecisionError,
    FeelError,
    Severity,
    check_decisions,
    clean,
    compile_expression,
    parse_decisions,
    strip_expression,
)
from engine.identity.roles import ROLE_IDS
from engine.installation import build_engine, load_delegates
from engine.kernel.clock import SystemClock, local_clock
from engine.kernel.history import ChainBreak, HistoryChain, verify_chain
from engine.kernel.logs import configure_logs
from engine.kernel.migrations import DatabaseNotReady, migrate, require_current
from engine.kernel.process_engine import ProcessEngine
from engine.kernel.settings import settings_from_environment
from engine.trace import plain, trace_file
from engine.workflow.definitions import DeploymentRefused
from engine.workflow.delegates import DELEGATES
from engine.workflow.diagram import DiagramError, Finding, check_diagram
from engine.workflow.seals import missing_cases
from engine.workflow.tables import ProcessInstance
from engine.workflow.worker import Worker


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one tool; answers the exit code."""
    given = _parser().parse_args(arguments)
    configure_logs(production=False)
    try:
        answer: int = given.tool(given)
    except DatabaseNotReady as error:
        print(error, file=sys.stderr)
        return 1
    return answer


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m engine", description="流程与决策的命令行工具")
    tools = parser.add_subparsers(required=True)
    check = tools.add_parser("check", help="说出流程图和决策表的全部问题")
    check.add_argument("files", nargs="+", type=Path)
    check.set_defaults(tool=_check)
    trace = tools.add_parser("trace", help="在临时数据库里试运行一个流程，到结束或第一个等待")
    trace.add_argument("file", type=Path)
    trace.add_argument("--variables", default="{}", help="JSON")
    trace.add_argument("--process", help="流程 id（文件里有多个流程时）")
    trace.set_defaults(tool=_trace)
    feel = tools.add_parser("feel", help="计算一个 FEEL 表达式")
    feel.add_argument("expression")
    feel.add_argument("--variables", default="{}", help="JSON")
    feel.set_defaults(tool=_feel)
    verify = tools.add_parser("verify-history", help="核对历史记录的哈希链")
    verify.set_defaults(tool=_verify_history)
    migration = tools.add_parser("migrate", help="把数据库升级到当前版本")
    migration.set_defaults(tool=_migrate)
    worker = tools.add_parser("worker", help="单独运行后台任务进程")
    worker.set_defaults(tool=_worker)
    return parser


def _check(given: argparse.Namespace) -> int:
    load_delegates()
    decisions = _neighbour_decisions(given.files)
    found = 0
    for path in given.files:
        for finding in _findings(path, decisions):
            found += 1
            place = f"{path}:{finding.line}:{finding.column}"
            print(f"{place}: {finding.severity} {finding.code} [{finding.element_id}] {finding.message} {finding.fix}")
    print(f"{len(given.files)} 个文件，{found} 个问题", file=sys.stderr)
    return 1 if found else 0


def _findings(path: Path, decisions: set[str]) -> Sequence[Finding]:
    try:
        data = path.read_bytes()
    except OSError as error:
        return [Finding("file", Severity.ERROR, "", 0, 0, f"文件读不出来：{error.strerror}", "请核对文件名")]
    if path.suffix == ".dmn":
        return check_decisions(data)
    return check_diagram(data, source=path.name, roles=ROLE_IDS, decisions=decisions, delegates=set(DELEGATES))


def _neighbour_decisions(files: Sequence[Path]) -> set[str]:
    """Decision ids of the tables given and of those beside the diagrams."""
    tables = {path for path in files if path.suffix == ".dmn"}
    tables |= {table for path in files for table in path.parent.glob("*.dmn")}
    ids: set[str] = set()
    for table in tables:
        try:
            ids |= set(parse_decisions(table.read_bytes()).decisions)
        except (DecisionError, OSError):  # said by its own check
            continue
    return ids


def _trace(given: argparse.Namespace) -> int:
    try:
        found = trace_file(given.file, _variables(given.variables), given.process)
    except (DiagramError, DeploymentRefused, ValueError, OSError) as error:
        _print({"state": "refused", "completed": [], "open_items": [], "variables": {}, "incidents": [],
                "message": str(error)})  # fmt: skip
        return 1
    _print(asdict(found))
    return 1 if found.incidents else 0


def _feel(given: argparse.Namespace) -> int:
    text = strip_expression(given.expression) or given.expression
    try:
        variables = {name: clean(value) for name, value in _variables(given.variables).items()}
        found = compile_expression(text).evaluate_logged(variables, clock=local_clock(SystemClock()))
    except (FeelError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    for warning in found.warnings:
        print(f"第 {warning.line} 行第 {warning.column} 列：{warning.message}（流程中这是异常）", file=sys.stderr)
    _print(found.value)
    return 0


def _verify_history(_given: argparse.Namespace) -> int:
    engine = _installation()
    broken: list[ChainBreak] = []
    checked = 0
    with engine.reading() as session:
        for chain in session.scalars(select(HistoryChain)):
            checked += 1
            broken += _break(verify_chain(session, engine.store.cipher, chain.name, chain))
        for instance in session.scalars(select(ProcessInstance).execution_options(yield_per=200)):
            checked += 1
            broken += _break(verify_chain(session, engine.store.cipher, f"instance:{instance.id}", instance))
        broken += missing_cases(session, engine.store.cipher)
    for found in broken:
        print(f"{found.chain} 第 {found.number} 条（id {found.event_id}）：{found.reason}")
    print(f"核对 {checked} 条链，{len(broken)} 处不符", file=sys.stderr)
    return 1 if broken else 0


def _migrate(_given: argparse.Namespace) -> int:
    migrate(build_engine(settings_from_environment()).store)
    return 0


def _worker(_given: argparse.Namespace) -> int:
    Worker(_installation()).run()
    return 0


def _installation() -> ProcessEngine:
    engine = build_engine(settings_from_environment())
    require_current(engine.store)
    return engine


def _break(found: ChainBreak | None) -> list[ChainBreak]:
    return [] if found is None else [found]


def _variables(text: str) -> dict[str, Any]:
    variables = json.loads(text, parse_float=Decimal)
    if not isinstance(variables, dict):
        raise ValueError(  # noqa: TRY004 - it is what was typed that is wrong, not the program
            '--variables 应是一个 JSON 对象，例如 {"score": 80}'
        )
    return variables


def _print(value: Any) -> None:
    print(json.dumps(plain(value), ensure_ascii=False, indent=2))


if __name__ == "__main__":
    sys.exit(main())
