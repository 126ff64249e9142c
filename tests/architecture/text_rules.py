"""House rules for every text file: nothing of one machine, nothing left open."""

import re

# Written in pieces, so that this file passes its own rules.
_MACHINE = re.compile(
    "|".join([
        r"/(?:work|farm|root)/", r"/home/[a-z]", r"/Users/[a-z]", r"\.lib" + "rary/", "reg" + r"istry\.npmjs",
        "py" + r"pi\.org", r"files\.python" + "hosted", r"--(?:extra-)?index" + "-url",
        r'"resol' + r'ved":\s*"http', r"/simp" + "le/",
    ])
)  # fmt: skip
_LEFT_OPEN = re.compile(r"\b(?:TO" + "DO|FIX" + "ME|XX" + "X|raise NotImpl" + r"emented(?:Error)?)\b")


def machine_traces(text: str) -> list[str]:
    """Paths of one machine and addresses of package registries."""
    return _lines(text, _MACHINE)


def left_open(text: str) -> list[str]:
    """Marks of work that was not finished."""
    return _lines(text, _LEFT_OPEN)


def _lines(text: str, pattern: re.Pattern[str]) -> list[str]:
    lines = enumerate(text.splitlines(), 1)
    return [f"{number}: {line.strip()[:80]}" for number, line in lines if pattern.search(line)]
