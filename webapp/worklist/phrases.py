"""Opinions that are written again and again: common ones by decision, and the officer's own latest ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

COMMON: Mapping[str, Sequence[str]] = {
    "pass": ("经审核，符合条件，同意。", "材料齐全，符合岗位要求。"),
    "approve": ("同意。", "同意按程序办理。"),
    "accept": ("同意纳入招聘计划。", "经核对员额，同意。"),
    "return": ("材料不清晰，请重新上传。", "请按批注逐项补正后重新提交。", "填写内容与材料不一致，请核对。"),
    "reject": ("不符合岗位学历要求。", "不符合岗位年龄要求。", "不符合岗位其他资格条件。"),
    "fail": ("原件与报名信息不一致。", "经核查，不符合条件。"),
    "uphold": ("经复核，原结论事实清楚，予以维持。",),
    "overturn": ("经复核，情况属实，改为通过。",),
    "unfounded": ("经核查，反映问题不属实，不影响聘用。",),
    "founded": ("经核查，反映问题属实，不予聘用。",),
}
"""Decision -> sentences that fit it."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """An opinion that may be put in with one click, with the decision it belongs to."""

    decision: str
    text: str
    own: bool


def phrases_for(decisions: Mapping[str, str], recent: Sequence[tuple[str, str]]) -> Sequence[Phrase]:
    """The officer's own opinions first, then the common ones, each once."""
    own = [Phrase(decision, text, own=True) for decision, text in recent]
    common = [Phrase(decision, text, own=False) for decision in decisions for text in COMMON.get(decision, ())]
    known = {phrase.text for phrase in own}
    return [*own, *(phrase for phrase in common if phrase.text not in known)]
