"""Organisations, users, roles, policy parameters, the calendar, workers."""

from webapp.navigation import Entry
from webapp.registry import final_pay, holidays, organisations, parameters, roles, users, workers
from webapp.registry.blueprint import blueprint

NAVIGATION: tuple[Entry, ...] = (
    Entry("registry.workers", "社区工作者", "队伍"),
    Entry("registry.final_pay", "离职结算", "队伍"),
    Entry("registry.parameters", "政策参数", "设置"),
    Entry("registry.holidays", "节假日", "设置"),
    Entry("registry.organisations", "单位", "设置"),
    Entry("registry.users", "用户与角色", "设置"),
)

__all__ = [
    "NAVIGATION", "blueprint", "final_pay", "holidays", "organisations", "parameters", "roles", "users", "workers",
]  # fmt: skip
