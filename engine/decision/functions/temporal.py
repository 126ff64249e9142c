"""Date, time and duration functions [DMN 1.5, 10.3.4.1, 10.3.4.7, 10.3.4.8]."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

from ..library import STANDARD
from ..operators import calculate
from ..run import Run, Unfit
from ..temporal import add_months, days_in_month, parse_date, parse_datetime, parse_duration, parse_time
from ..values import Value, YearMonthDuration

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("January February March April May June July August September October November December").split()


def _found(value: Value, what: str, text: str) -> Value:
    if value is None:
        raise Unfit(f"不是有效的{what}：{text[:40]}", "feel.conversion")
    return value


@STANDARD.register("date", "from: text")
def _date_from_text(run: Run, text: str) -> Value:
    return _found(parse_date(text), "日期", text)


@STANDARD.register("date", "from: date")
def _date_from_date(run: Run, value: date) -> Value:
    return value.date() if isinstance(value, datetime) else value


@STANDARD.register("date", "year: number, month: number, day: number")
def _date_from_parts(run: Run, year: Decimal, month: Decimal, day: Decimal) -> Value:
    try:
        return date(_whole(year), _whole(month), _whole(day))
    except ValueError:
        raise Unfit("没有这一天", "feel.out_of_range") from None


def _whole(number: Decimal) -> int:
    if number != number.to_integral_value() or abs(number) > 10**10:
        raise ValueError("whole number")
    return int(number)


@STANDARD.register("date and time", "from: text")
def _datetime_from_text(run: Run, text: str) -> Value:
    return _found(parse_datetime(text), "日期时间", text)


@STANDARD.register("date and time", "from: date")
def _datetime_from_date(run: Run, value: date) -> Value:
    return value if isinstance(value, datetime) else datetime.combine(value, time())


@STANDARD.register("date and time", "date: date, time: time")
def _datetime_from_both(run: Run, day: date, clock: time) -> Value:
    return datetime.combine(day, clock)


@STANDARD.register("time", "from: text")
def _time_from_text(run: Run, text: str) -> Value:
    return _found(parse_time(text), "时间", text)


@STANDARD.register("time", "from: time")
def _time_from_time(run: Run, value: time) -> Value:
    return value


@STANDARD.register("time", "from: date")
def _time_from_date(run: Run, value: date) -> Value:
    return value.timetz() if isinstance(value, datetime) else time(tzinfo=UTC)


@STANDARD.register("time", "hour: number, minute: number, second: number, offset: any?")
def _time_from_parts(run: Run, hour: Decimal, minute: Decimal, second: Decimal, offset: Value = None) -> Value:
    if offset is not None and not isinstance(offset, timedelta):
        raise Unfit("时区偏移应为时长", "feel.arguments")
    try:
        zone = None if offset is None else timezone(offset)
        whole = second.to_integral_value("ROUND_DOWN")
        micro = int((second - whole) * 1_000_000)
        return time(_whole(hour), _whole(minute), _whole(whole), micro, zone)
    except ValueError:
        raise Unfit("没有这个时间", "feel.out_of_range") from None


@STANDARD.register("duration", "from: text")
def _duration(run: Run, text: str) -> Value:
    return _found(parse_duration(text), "时长", text)


@STANDARD.register("duration", "from: length")
def _duration_same(run: Run, value: Value) -> Value:
    return value


@STANDARD.register("years and months duration", "from: date, to: date")
def _months_between(run: Run, start: date, end: date) -> Value:
    months = (end.year - start.year) * 12 + end.month - start.month
    if months > 0 and end.day < start.day:
        months -= 1
    elif months < 0 and end.day > start.day:
        months += 1
    return YearMonthDuration(months)


def _now(run: Run) -> datetime:
    if run.clock is None:
        raise Unfit("这里没有时钟，请用变量传入日期", "feel.no_clock")
    return run.clock()


@STANDARD.register("now", "")
def _now_function(run: Run) -> Value:
    return _now(run)


@STANDARD.register("today", "")
def _today(run: Run) -> Value:
    return _now(run).date()


@STANDARD.register("day of year", "date: date")
def _day_of_year(run: Run, value: date) -> Value:
    return Decimal(value.timetuple().tm_yday)


@STANDARD.register("day of week", "date: date")
def _day_of_week(run: Run, value: date) -> Value:
    return _DAYS[value.weekday()]


@STANDARD.register("month of year", "date: date")
def _month_of_year(run: Run, value: date) -> Value:
    return _MONTHS[value.month - 1]


@STANDARD.register("week of year", "date: date")
def _week_of_year(run: Run, value: date) -> Value:
    return Decimal(value.isocalendar().week)


@STANDARD.register("last day of month", "date: date")
def _last_day(run: Run, value: date) -> Value:
    return value.replace(day=days_in_month(value.year, value.month))


@STANDARD.register("add months", "date: date, months: number")
def _add_months(run: Run, value: date, months: Decimal) -> Value:
    try:
        return add_months(value, _whole(months))
    except ValueError:
        raise Unfit("日期超出范围", "feel.out_of_range") from None


@STANDARD.register("add days", "date: date, days: number")
def _add_days(run: Run, value: date, days: Decimal) -> Value:
    return calculate(run, "+", value, calculate(run, "*", timedelta(days=1), days))
