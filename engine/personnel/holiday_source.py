"""Announced holidays 2004-2026 as the chinesecalendar package knows them, for the first filling of the calendar."""

from collections.abc import Iterator
from datetime import date, datetime

from chinese_calendar import constants
from sqlalchemy.orm import Session

from engine.personnel.holidays import DayRule, announced_years, replace_year

_NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}


def known_years() -> list[int]:
    """The years whose arrangement the package knows."""
    return sorted({day.year for day in constants.holidays})


def known_days(year: int) -> Iterator[DayRule]:
    """The days of `year` that are not what their weekday says."""
    marked: list[tuple[dict[date, str], bool]] = [(constants.holidays, False), (constants.workdays, True)]
    for days, works in marked:
        for day, name in days.items():
            if day.year == year:
                yield DayRule(day, works, _NAMES.get(str(name), str(name)))


def fill_calendar(session: Session, now: datetime) -> int:
    """Enters the years the store does not know yet; years that were edited stay as they are."""
    missing = [year for year in known_years() if year not in announced_years(session)]
    for year in missing:
        replace_year(session, year, known_days(year), "国务院办公厅关于部分节假日安排的通知", now)
    return len(missing)
