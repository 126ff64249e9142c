"""Citizen identification numbers of the second generation (GB 11643): check digit, birth date, sex, mask."""

from dataclasses import dataclass
from datetime import date

from engine.kernel.errors import Invalid
from engine.personnel.vocabulary import Sex

_WEIGHTS = tuple(2 ** (17 - place) % 11 for place in range(17))
_CHECK_DIGITS = "10X98765432"
_PROVINCES = frozenset(
    str(code)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83))
    for code in range(first, last + 1)
)


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A number that is valid in form; whether it exists only the police know."""

    text: str

    @property
    def birth_date(self) -> date:
        return date(int(self.text[6:10]), int(self.text[10:12]), int(self.text[12:14]))

    @property
    def sex(self) -> Sex:
        return Sex.MALE if int(self.text[16]) % 2 else Sex.FEMALE

    @property
    def masked(self) -> str:
        return masked(self.text)


def parse_id_number(typed: str, today: date) -> IdNumber:
    """The number that was typed, blanks and a small x forgiven; Invalid says what to correct."""
    text = "".join(typed.split()).upper()
    problem = problem_of(text, today)
    if problem:
        raise Invalid(problem, fields={"id_number": problem})
    return IdNumber(text)


def problem_of(text: str, today: date) -> str | None:
    """What is wrong with an identification number, in the applicant's words; None when nothing is."""
    if len(text) != 18:
        return f"身份证号应为 18 位，现为 {len(text)} 位，请核对"
    for place, character in enumerate(text, start=1):
        if not (character.isascii() and character.isdigit()) and not (place == 18 and character == "X"):
            return f"身份证号第 {place} 位“{character}”不正确，应为数字，请核对"
    if text[:2] not in _PROVINCES:
        return f"身份证号前两位“{text[:2]}”不是省级行政区代码，请核对"
    return _birth_problem(text, today) or _check_digit_problem(text)


def _birth_problem(text: str, today: date) -> str | None:
    try:
        birth = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return f"身份证号第 7 至 14 位“{text[6:14]}”不是有效的出生日期，请核对"
    if birth > today:
        return f"身份证号中的出生日期 {birth} 晚于今天，请核对"
    return None if birth.year >= 1900 else f"身份证号中的出生年份 {birth.year} 有误，请核对"


def _check_digit_problem(text: str) -> str | None:
    expected = check_digit(text[:17])
    return None if text[17] == expected else f"身份证号第 18 位应为 {expected}，请核对"


def check_digit(first_17: str) -> str:
    """The 18th character for 17 digits (ISO 7064 MOD 11-2)."""
    total = sum(int(digit) * weight for digit, weight in zip(first_17, _WEIGHTS, strict=True))
    return _CHECK_DIGITS[total % 11]


def masked(text: str) -> str:
    """First three and last four characters; the birth date never shows."""
    return f"{text[:3]}{'*' * (len(text) - 7)}{text[-4:]}" if len(text) > 7 else "*" * len(text)


def masked_phone(text: str) -> str:
    """First three and last four digits of a phone number."""
    return f"{text[:3]}****{text[-4:]}" if len(text) >= 11 else "*" * len(text)


def id_number_of(region: str, birth: date, sequence: int) -> str:
    """A number valid in form for demo data: six-digit region, birth date, sequence 0-999 (odd for men)."""
    first_17 = f"{region}{birth:%Y%m%d}{sequence:03d}"
    return first_17 + check_digit(first_17)
