"""The docs name all that there is, their links lead somewhere, and their examples do what they say."""

from __future__ import annotations

import doctest
import importlib
import math
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import command_line
import pytest
import typer

from scorer import checks, cli, combine, errors, formats, metrics, reporters
from scorer.catalogue import KINDS
from scorer.report import BANDS

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
FOLDERS = (".", "docs", "docs/decisions", "models", "seeds", "seeds/*", "benchmarks", "benchmarks/results")
PAGES = sorted(page for folder in FOLDERS for page in ROOT.glob(f"{folder}/*.md"))
EXAMPLES = [page for page in PAGES if ">>>" in page.read_text(encoding="utf-8")]
APP = typer.main.get_command(cli.app)

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?<!\!)\[[^\]]*\]\(([^)\s]+)\)")


def text_of(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def blocks(page: Path, language: str) -> Iterator[str]:
    """Yield the fenced blocks of a language."""
    for match in _FENCE.finditer(page.read_text(encoding="utf-8")):
        if match[1] == language:
            yield match[2]


def options() -> list[tuple[str, str]]:
    """Return every command's options, aliases each for themselves; hidden ones are for maintainers."""
    found = [("", name) for parameter in APP.params for name in parameter.opts]
    for command in APP.commands.values():
        for parameter in command.params:
            if parameter.param_type_name == "option" and not getattr(parameter, "hidden", False):
                found += [(command.name, name) for name in (*parameter.opts, *parameter.secondary_opts)]
    return found


def commands() -> list[tuple[str, list[str]]]:
    """Return the commands in the docs' `sh` blocks, with the page that they are on."""
    lines = [(page, line) for page in PAGES for block in blocks(page, "sh") for line in block.splitlines()]
    return [(page.name, shlex.split(line, comments=True)[1:]) for page, line in lines if line.startswith("scorer ")]


def is_synopsis(arguments: list[str]) -> bool:
    return any(argument.startswith("[") or argument.isupper() for argument in arguments)


def is_runnable(arguments: list[str]) -> bool:
    """Return whether a command reads nothing but texts that are here."""
    files = [each for each in arguments if "." in each and not each.startswith("-")]
    inputs = [file for flag, file in zip(["", *arguments], arguments, strict=False) if file in files and flag != "-o"]
    return bool(inputs) and all((ROOT / file).is_file() for file in inputs)


# Names --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", metrics.registry.names())
def test_metric_is_in_the_docs(name):
    assert f"`{name}`" in text_of("metrics.md")


@pytest.mark.parametrize("name", [*checks.registry.names(), "wording"])
def test_check_is_in_the_docs(name):
    assert f"| `{name}` |" in text_of("checks.md")


@pytest.mark.parametrize("name", formats.registry.names())
def test_format_is_in_the_docs_with_its_suffixes(name):
    row = next(line for line in text_of("formats.md").splitlines() if line.startswith(f"| `{name}` |"))
    assert all(f"`{suffix}`" in row for suffix, owner in formats.suffixes.items() if owner == name)


@pytest.mark.parametrize("name", reporters.registry.names())
def test_reporter_is_in_the_docs_with_its_suffixes(name):
    row = next(line for line in text_of("commands.md").splitlines() if line.startswith(f"| `{name}` |"))
    assert all(f"`{suffix}`" in row for suffix, owner in reporters.suffixes.items() if owner == name)


@pytest.mark.parametrize(("command", "option"), options())
def test_option_is_in_the_docs(command, option):
    assert re.search(rf"`{re.escape(option)}[` ]", text_of("commands.md")), f"{command} {option}"


@pytest.mark.parametrize("word", [*APP.commands, *KINDS])
def test_command_and_list_are_in_the_docs(word):
    assert re.search(rf"\b{word}\b", text_of("commands.md"))


@pytest.mark.parametrize("code", [0, cli.EXIT_INPUT, cli.EXIT_BUG, cli.EXIT_INTERRUPTED, cli.EXIT_PIPE])
def test_exit_code_is_in_the_docs(code):
    assert f"\n| {code} | " in text_of("commands.md")


def test_environment_variable_is_in_the_docs():
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "scorer").glob("*.py"))
    read = set(re.findall(r'"(SCORER_\w+|NO_COLOR)"', sources))
    assert {"SCORER_CACHE", "SCORER_MODELS", "NO_COLOR"} <= read
    assert [name for name in read if f"| `{name}` |" not in text_of("commands.md")] == []


def test_metric_settings_are_in_the_docs():
    from scorer.registry import settings_of

    known = {setting for name in metrics.registry.names() for setting in settings_of(metrics.registry.factory(name))}
    assert [each for each in known - {"n_references"} if f"`{each}`" not in text_of("metrics.md")] == []


def test_errors_are_in_the_docs():
    classes = [name for name, value in vars(errors).items() if isinstance(value, type)]
    assert [name for name in classes if f"`{name}`" not in text_of("python.md")] == []


def test_report_fields_are_in_the_docs():
    import json

    schema = json.loads((ROOT / "scorer/schemas/report.json").read_text(encoding="utf-8"))
    assert [name for name in schema["properties"] if f"`{name}`" not in text_of("formats.md")] == []


def test_bands_are_in_the_docs():
    for floor, word, _ in BANDS[:-1]:
        assert f"| from {floor} | {word} |" in text_of("scores.md")


@pytest.mark.parametrize("preset", ["standard", "fast"])
@pytest.mark.parametrize("available", ["source", "reference", "both"])
def test_highest_values_are_in_the_docs(preset, available):
    recipe = combine.recipe(preset, available)
    rates = [least(part) for part in (recipe.adequacy, recipe.fluency)]
    highest = [round(100 * math.exp(-rate / combine.SCALE)) for rate in (*rates, sum(rates))]
    assert f"| `{preset}/{available}` | {' | '.join(map(str, highest))} |" in text_of("scores.md")


def least(prediction: combine.Prediction) -> float:
    """Return the fewest points per 100 words that a prediction can give."""
    terms = (term.weight * min(points for _, points in term.knots) for term in prediction.terms)
    return combine.bend(prediction.bias + sum(terms), prediction.knots)


@pytest.mark.parametrize("preset", ["standard", "fast"])
@pytest.mark.parametrize("available", ["source", "reference", "both"])
def test_metrics_of_recipes_are_in_the_docs(preset, available):
    rows = [line for line in text_of("scores.md").splitlines() if line.startswith(f"| `{preset}/")]
    row = next(line for line in rows if f"`{preset}/{available}`" in line)
    named = "\n".join(rows) if "all of these" in row else row
    assert [name for name in combine.recipe(preset, available).metrics if f"`{name}`" not in named] == []


# Links --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page):
    plain = _FENCE.sub("", page.read_text(encoding="utf-8"))
    broken = [link for link in _LINK.findall(plain) if "://" not in link and not _leads_somewhere(page, link)]
    assert broken == []


def _leads_somewhere(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    return target.exists() and (not anchor or anchor in _anchors(target))


def _anchors(page: Path) -> set[str]:
    """Return the anchors that GitHub gives a page's headings."""
    titles = re.findall(r"^#+ (.+)$", _FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


# Examples -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A folder with the seeds in it, where commands may write."""
    (tmp_path / "seeds").symlink_to(ROOT / "seeds", target_is_directory=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("page", EXAMPLES, ids=lambda page: page.name)
def test_python_examples_print_what_they_say(page, folder):
    examples = "\n".join(block for block in blocks(page, "python") if ">>>" in block)
    _run(doctest.DocTestParser().get_doctest(examples, {}, page.name, str(page), 0))


@pytest.mark.parametrize("module", ["scorer", "scorer.api", "scorer.systems"])
def test_docstring_examples_print_what_they_say(module, folder):
    found = [test for test in doctest.DocTestFinder().find(importlib.import_module(module)) if test.examples]
    assert found
    for test in found:
        _run(test)


def _run(test: doctest.DocTest) -> None:
    said: list[str] = []
    outcome = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=said.append)
    assert outcome.failed == 0, "".join(said)
    assert outcome.attempted > 0


@pytest.mark.parametrize(
    ("page", "arguments"), commands(), ids=lambda each: each if isinstance(each, str) else " ".join(each)[:60]
)
def test_command_in_the_docs_is_understood(page, arguments, folder):
    if is_synopsis(arguments):
        command = APP.commands[arguments[0]]
        known = {name for parameter in command.params for name in parameter.opts}
        assert {each.strip("[].") for each in arguments if each.startswith(("-", "[-"))} <= known
    elif is_runnable(arguments):
        outcome = command_line.run(*arguments, "--preset", "fast")
        assert (outcome.code, outcome.err.count("scorer:")) == (0, 0), outcome.err
        written = [file for flag, file in pairwise(arguments) if flag == "-o" and file != "-"]
        assert all((folder / file).stat().st_size for file in written)
    else:
        APP.commands[arguments[0]].make_context(arguments[0], arguments[1:])


def test_docs_have_examples_of_every_kind():
    runnable = [arguments[0] for _, arguments in commands() if not is_synopsis(arguments) and is_runnable(arguments)]
    assert {"compare", "score"} <= set(runnable)
    assert any(page.name == "python.md" for page in EXAMPLES)


def test_command_of_the_docs_that_does_not_exist_is_noticed():
    with pytest.raises(Exception, match="No such option"):  # typer carries a click of its own
        APP.commands["compare"].make_context("compare", ["a", "b", "--no-such-option"])


def test_public_names_are_functions_whatever_was_imported_before():
    code = "import scorer.systems, scorer.api, scorer.cli; from scorer import compare, score; print(compare, score)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert re.fullmatch(r"<function compare at \S+> <function score at \S+>\n", done.stdout)
