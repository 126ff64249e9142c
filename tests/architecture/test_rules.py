"""The house rules find what they are for and leave the rest alone."""

import pytest

from tests.architecture import python_rules, template_rules, text_rules


@pytest.mark.parametrize(
    "source",
    [
        "eval('1')", "exec(text)", "compile(text, 'f', 'exec')", "import pickle", "from marshal import loads",
        "yaml.load(text)", "from string import Template", "text.format(name=1)",
        "__import__('os')", "string.Template(text)",
    ],
)  # fmt: skip
def test_text_that_becomes_code_is_found(source: str) -> None:
    assert len(python_rules.dynamic_code(source)) == 1


@pytest.mark.parametrize(
    "source", ["re.compile('a')", "'{}'.format(1)", "MESSAGE.format(a=1)", "yaml.safe_load(text)", "engine.evaluate(x)"]
)
def test_harmless_calls_are_left_alone(source: str) -> None:
    assert python_rules.dynamic_code(source) == []


def test_computed_attribute_names_are_found() -> None:
    assert python_rules.reflection("getattr(a, 'written')\ngetattr(a, name)") == ["2: getattr by a computed name"]


@pytest.mark.parametrize("source", ["datetime.now(UTC)", "dt.datetime.utcnow()", "date.today()", "time.time()"])
def test_readings_of_the_machines_clock_are_found(source: str) -> None:
    assert len(python_rules.clock_reads(source)) == 1


def test_our_own_clock_may_be_read() -> None:
    assert python_rules.clock_reads("clock.now()\ntime.monotonic()") == []


def test_imports_of_a_package_are_found() -> None:
    source = "import SpiffWorkflow.bpmn\nfrom SpiffWorkflow import x\nimport Spiff"
    assert [line[0] for line in python_rules.imports_of(source, "SpiffWorkflow")] == ["1", "2"]


def test_commits_are_found() -> None:
    assert python_rules.commits("session.commit()\nsession.flush()") == ["1: session.commit()"]


@pytest.mark.parametrize(
    "template",
    [
        "<p class=a>", "<p class={{ a }}>", "<script>alert(1)</script>", "<style>a{}</style>", '<p style="a">',
        '<a onclick="a()">', "{{ name|safe }}",
        "{{ name | safe }}", "{% autoescape false %}", '<a href="javascript:a()">', '<img src="a">',
        '<form method="post"><button>好</button></form>', "<p\n  title={{ 1 > 2 }}>",
    ],
)  # fmt: skip
def test_templates_that_a_hostile_name_or_the_policy_would_break_are_found(template: str) -> None:
    assert len(template_rules.findings(template)) == 1


@pytest.mark.parametrize(
    "template",
    [
        '<p class="{{ a if b > c else "d" }}" {% if x %}hidden{% endif %}>', '<script src="a.js" defer></script>',
        '<form method="post">{{ csrf_field() }}</form>', '<form method="get"></form>', '<input disabled value="a > b">',
        '<script type="application/json">{{ rows|tojson }}</script>', '<img src="a" alt="">', "{# <p class=a> #}",
    ],
)  # fmt: skip
def test_sound_templates_pass(template: str) -> None:
    assert template_rules.findings(template) == []


def test_findings_name_their_line() -> None:
    assert template_rules.findings('<p>\n</p>\n<p style="a">') == ["3: style attribute"]


@pytest.mark.parametrize("text", ["cd /wo" + "rk/main", "/ro" + "ot/.cache", "py" + "pi.org/x", "--index" + "-url x"])
def test_traces_of_a_machine_are_found(text: str) -> None:
    assert len(text_rules.machine_traces(text)) == 1


def test_words_that_only_look_like_traces_pass() -> None:
    assert text_rules.machine_traces("homework/ and routes like /worklist/ or /homes/") == []


def test_unfinished_work_is_found() -> None:
    line = "raise NotImpl" + "ementedError  # TO" + "DO"
    assert text_rules.left_open(line) == [f"1: {line}"]
    assert text_rules.left_open("except NotImpl" + "ementedError:") == []
