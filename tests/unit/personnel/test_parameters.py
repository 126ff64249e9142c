"""The catalogue of settings: typed values, Chinese labels, bounds that no county may cross."""

from datetime import time
from decimal import Decimal

import pytest

from engine.kernel.errors import Invalid, RuleViolation
from engine.personnel.parameters import CATALOGUE, Parameter, ParameterKind, parameter
from engine.personnel.policy import SETTING_MODULES, Policy
from engine.personnel.recruitment import settings


def test_settings_modules_fill_the_catalogue() -> None:
    assert SETTING_MODULES and len(CATALOGUE) > 40


@pytest.mark.parametrize("entry", CATALOGUE.values(), ids=lambda entry: entry.key)
def test_every_setting_reads_its_own_default_and_speaks_chinese(entry: Parameter[object]) -> None:
    assert entry.parse(entry.write(entry.default)) == entry.default
    assert not entry.label.isascii() and entry.clause
    for _, label in (entry.options or {}).items():
        assert not label.isascii()


def test_the_defaults_pack_is_the_default() -> None:
    policy = Policy()
    assert policy[settings.OPEN_RATIO] == policy[settings.INTERVIEW_RATIO] == 3
    assert (policy[settings.WRITTEN_PASS], policy[settings.INTERVIEW_PASS]) == (50, 60)
    assert policy[settings.WRITTEN_WEIGHT] == Decimal(50)
    assert (policy[settings.PUBLICITY_WORKDAYS], policy[settings.FILL_ROUNDS]) == (5, 2)
    assert (policy[settings.CONTRACT_MONTHS], policy[settings.PROBATION_MONTHS]) == (36, 3)
    assert policy[settings.REGISTRATION_CLOSES] == time(16, 0)
    assert policy[settings.CITY_PREREVIEW] is True


def test_no_county_may_set_a_longer_probation_than_the_law() -> None:
    assert settings.PROBATION_MONTHS.parse("6") == 6
    with pytest.raises(RuleViolation) as refused:
        settings.PROBATION_MONTHS.parse("7")
    assert refused.value.clause == "L19"


def test_no_county_may_drop_the_preference_for_grid_workers() -> None:
    with pytest.raises(RuleViolation) as refused:
        settings.TIE_PREFERENCES.parse("veteran,party_member")
    assert refused.value.clause == "5.7"
    assert settings.TIE_PREFERENCES.parse("grid_worker") == ("grid_worker",)


def test_no_county_may_ask_for_less_than_college() -> None:
    with pytest.raises(Invalid, match="没有“senior”这一选项"):
        settings.ENTRY_EDUCATION.parse("senior")


def test_no_county_may_second_somebody_for_longer_than_six_months() -> None:
    with pytest.raises(RuleViolation) as refused:
        parameter("secondment.maxMonths").parse("7")
    assert refused.value.clause == "9.4"


@pytest.mark.parametrize(
    ("key", "text", "part"),
    [
        ("recruitment.openRatio", "三", "应为整数"),
        ("recruitment.openRatio", "0", "应在 1 至 20"),
        ("recruitment.writtenPass", "NaN", "应为小数"),
        ("recruitment.cityPrereview", "也许", "应为是或否"),
        ("recruitment.stepOrder", "both", "没有“both”这一选项"),
        ("recruitment.regOpens", "25:00", "应为时刻"),
    ],
)
def test_values_that_make_no_sense_are_refused_in_words(key: str, text: str, part: str) -> None:
    with pytest.raises(Invalid, match=part):
        parameter(key).parse(text)


def test_a_snapshot_holds_every_setting_and_reads_back_the_same() -> None:
    policy = Policy({"recruitment.openRatio": "5"})
    frozen = Policy(policy.snapshot())
    assert set(policy.snapshot()) == set(CATALOGUE)
    assert all(frozen[entry] == policy[entry] for entry in CATALOGUE.values())
    assert frozen[settings.OPEN_RATIO] == 5


def test_unknown_settings_are_refused() -> None:
    with pytest.raises(Invalid, match="没有名为"):
        parameter("recruitment.nothing")


def test_every_kind_of_setting_is_used() -> None:
    assert {entry.kind for entry in CATALOGUE.values()} == set(ParameterKind)
