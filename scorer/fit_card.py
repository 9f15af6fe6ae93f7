"""What `fit` says: the card of a model, and the same figures for a terminal."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from scorer import __version__
from scorer.adaptation import WAYS_SAID
from scorer.errors import UsageError
from scorer.fit import Fit, Fitted
from scorer.fit_check import Figure, Interval, errs_less, worse
from scorer.fit_rows import languages_said
from scorer.printable import printable
from scorer.registry import nearest

SCALES_SAID = {
    "mqm": "MQM penalty points of a segment, 0 is best",
    "0-100": "a quality from 0 to 100, taken as it stands",
    "da": "higher is better; only the order counts, laid on the shipped model's own distribution of quality",
}
LIMITS = (
    "It was checked on texts like those that it was fitted to: same languages, domains and systems. On others the "
    "shipped model may well be better.",
    "Segments of one document can be in different folds; where a document repeats itself, the check is kind.",
    "The findings of checks bind as they do with the shipped model: a segment has at least their points.",
    "Beyond the range of the rows, curves go on as shipped.",
)


def renderer(format: str) -> Callable[[Fit], str]:
    """Return what renders an outcome as `text`, `markdown` (the card) or `json`.

    Raises:
        UsageError: There is no such format.
    """
    known: dict[str, Callable[[Fit], str]] = {"text": text, "markdown": card, "json": as_json}
    if format not in known:
        raise UsageError(
            f"there is no format {printable(format, 40)!r}{nearest(format, known)}; known: {', '.join(known)}"
        )
    return known[format]


def as_json(outcome: Fit) -> str:
    """Return the outcome as JSON."""
    return json.dumps(outcome.to_dict(), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def card(outcome: Fit) -> str:
    """Return the model's card in Markdown."""
    return "\n".join([*_head(outcome), *_recipes(outcome), "", "## Limits", "", *_limits(outcome), ""])


def _head(outcome: Fit) -> Iterator[str]:
    options, judgments = outcome.options, outcome.judgments
    yield "# A model fitted to human scores"
    yield ""
    yield f"Made by `scorer fit`, version {__version__}. It lies over the shipped model, which scores what it does not."
    yield ""
    yield "| what | |"
    yield "| --- | --- |"
    for name, value in (
        ("data", _cell(judgments.name)),
        ("sha256 of the data", f"`{judgments.sha256}`" if judgments.sha256 else "standard input"),
        ("rows", f"{judgments.n_rows}, of which {len(judgments.rows)} usable"),
        ("rows left out", _left_out(outcome)),
        ("languages", _cell(languages_said(judgments.languages))),
        ("human scores", f"column `{_cell(options.human)}`: {SCALES_SAID[options.scale]}"),
        ("fitted", f"{options.what}: {', '.join(each.name for each in outcome.kept) or 'nothing'}"),
        ("seed, folds, resamples", f"{options.seed}, {options.n_folds}, {options.n_resamples}"),
    ):
        yield f"| {name} | {value} |"


def _left_out(outcome: Fit) -> str:
    return ", ".join(f"{n} ({_cell(reason)})" for reason, n in outcome.judgments.left_out.items()) or "none"


def _recipes(outcome: Fit) -> Iterator[str]:
    yield ""
    yield "## Against the shipped model"
    yield ""
    yield (
        f"{outcome.options.n_folds}-fold cross-validation by source: each row is scored by a recipe fitted without its "
        "source. 95% intervals of a paired bootstrap of sources; the difference is fitted less shipped."
    )
    for each in outcome.fitted:
        yield ""
        yield f"### {each.name}"
        yield ""
        yield f"{verdict(each)}{'' if each in outcome.kept else ' The shipped recipe stays.'} {_made(each)}"
        yield ""
        yield "| figure | shipped | fitted | difference |"
        yield "| --- | --- | --- | --- |"
        for figure in each.figures:
            yield f"| {_named(figure, each)} | " + " | ".join(map(said, _intervals(figure))) + " |"


def _limits(outcome: Fit) -> Iterator[str]:
    if any(not each.is_better for each in outcome.kept):
        yield "- **Written by force: it was not shown to beat the shipped model.**"
    for limit in (*LIMITS, *map(_cell, outcome.notes)):
        yield f"- {limit}"


def text(outcome: Fit) -> str:
    """Return the figures for a terminal."""
    judgments = outcome.judgments
    lines = [f"{judgments.name}: {judgments.n_rows} rows, {len(judgments.rows)} usable"]
    lines += [f"  left out: {n} ({reason})" for reason, n in judgments.left_out.items()]
    lines += [f"  {languages_said(judgments.languages)}", *(f"  note: {note}" for note in outcome.notes)]
    for each in outcome.fitted:
        lines += ["", f"{each.name}: {_made(each)}"]
        lines.append(f"  {'cross-validated':32} {'shipped':>26} {'fitted':>26} {'difference':>26}")
        for figure in each.figures:
            cells = " ".join(f"{said(interval):>26}" for interval in _intervals(figure))
            lines.append(f"  {_named(figure, each):32} {cells}")
        lines.append(f"  {verdict(each)}")
    return "\n".join(printable(line) for line in lines) + "\n"


def verdict(fitted: Fitted) -> str:
    """Return whether a recipe beats the shipped one, in a sentence."""
    if fitted.is_better:
        return "It beats the shipped recipe."
    if errs_less(fitted.figures):
        return f"It errs less than the shipped recipe, but is worse in {', '.join(worse(fitted.figures))}: not better."
    return "It is not shown to beat the shipped recipe."


def _made(fitted: Fitted) -> str:
    undefined = f" ({fitted.n_undefined} more had an undefined metric)" if fitted.n_undefined else ""
    heads = ", on the learned metric with fitted heads" if fitted.heads is not None else ""
    return f"{fitted.n_rows} rows of {fitted.n_sources} sources{undefined}; {WAYS_SAID[fitted.way]}{heads}."


def _named(figure: Figure, fitted: Fitted) -> str:
    if "error" in figure.name:
        return f"{figure.name}, {fitted.unit}"
    return "accuracy within a source" if figure.name == "accuracy" else figure.name.capitalize()


def _intervals(figure: Figure) -> tuple[Interval, ...]:
    return figure.shipped, figure.fitted, figure.difference


def said(interval: Interval) -> str:
    """Return `0.412 [0.391, 0.433]`, a dash for what is undefined."""
    value, low, high = interval
    if value is None:
        return "-"
    return f"{value:.3f}" if low is None or high is None else f"{value:.3f} [{low:.3f}, {high:.3f}]"


def _cell(text: str) -> str:
    """Return a text that breaks no table and no line of Markdown."""
    plain = printable(text)
    return "".join(f"\\{character}" if character in "|`*_<>[]\\" else character for character in plain)
