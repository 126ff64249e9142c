"""Running the installation: incidents, jobs, deployments, audit."""

from webapp.navigation import Entry
from webapp.operations import cases, deployments, history, running
from webapp.operations.blueprint import blueprint

NAVIGATION: tuple[Entry, ...] = (
    Entry("operations.cases", "运行中的事项", "运行监控"),
    Entry("operations.incidents", "异常", "运行监控", count=running.open_incidents),
    Entry("operations.jobs", "定时与批次", "运行监控"),
    Entry("operations.deployments", "流程部署", "运行监控"),
    Entry("operations.history", "历史记录", "审计"),
)

__all__ = ["NAVIGATION", "blueprint", "cases", "deployments", "history", "running"]
