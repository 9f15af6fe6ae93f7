"""Arguments in, exit code out; the only module that imports typer, prints and exits.

Exit codes: 0 scored, or the gate passed · 1 the gate failed, and only that · 2 usage, configuration or input · 3 a bug
of ours · 130 interrupted · 141 broken pipe.
"""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import io
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from scorer import __version__
from scorer.errors import ScorerError, UsageError
from scorer.printable import printable

if TYPE_CHECKING:
    from scorer.api import Progress
    from scorer.plan import Settings
    from scorer.report import Report

EXIT_GATE, EXIT_INPUT, EXIT_BUG, EXIT_INTERRUPTED, EXIT_PIPE = 1, 2, 3, 130, 141
# What a full or broken disk and a closed output answer: the machine's state, and no bug of ours.
_CANNOT_WRITE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF, errno.EROFS)

app = typer.Typer(
    name="scorer",
    help="Adequacy and fluency of a translation, with the places that cost points. Offline, on a CPU.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

References = Annotated[
    list[str] | None,
    typer.Option("-r", "--reference", "--ref", metavar="FILE", help="A human translation; repeatable."),
]
Pair = Annotated[str, typer.Option("-l", "--languages", metavar="PAIR", help="Languages, as in en-de; else detected.")]
Metrics = Annotated[
    list[str] | None,
    typer.Option("-m", "--metrics", metavar="LIST", help="Metrics, as in bleu,chrf(word_order=2); repeatable."),
]
PresetOption = Annotated[
    str, typer.Option("--preset", metavar="NAME", help="standard, or fast: no neural model at all.")
]
Format = Annotated[
    str,
    typer.Option("-f", "--format", metavar="NAME", help="text, json, markdown, html, svg or png, to standard output."),
]
Outputs = Annotated[
    list[str] | None,
    typer.Option("-o", "--output", metavar="FILE", help="Write there; the suffix picks the format. Repeatable."),
]
EncoderOption = Annotated[
    str, typer.Option("--encoder", metavar="NAME", help="A sentence-transformers folder or hub name.")
]
ModelOption = Annotated[
    str,
    typer.Option(
        "--model",
        metavar="FOLDER",
        envvar="SCORER_MODEL",
        show_envvar=False,
        help="A model that scorer fit made, or shipped; else SCORER_MODEL names it.",
    ),
]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="No progress and no notes on standard error.")]
Verbose = Annotated[bool, typer.Option("-v", "--verbose", help="Say what took how long.")]
NoColor = Annotated[bool, typer.Option("--no-color", help="No colours; NO_COLOR does the same.")]
Seed = Annotated[int, typer.Option("--seed", help="Of the resampling.")]
Threads = Annotated[int, typer.Option("--threads", min=0, help="CPU threads; 0 leaves it to the libraries.")]
Device = Annotated[str, typer.Option("--device", help="Where the encoder runs: cpu, cuda, mps.")]
BatchSize = Annotated[int, typer.Option("--batch-size", help="Segments a batch; changes speed, never a score.")]
Online = Annotated[bool, typer.Option("--online/--offline", help="Whether a hub may be asked for a model.")]


def _version(show: bool) -> None:
    if show:
        typer.echo(f"scorer {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None:
    pass


@app.command()
def compare(
    a: Annotated[str, typer.Argument(metavar="A", help="The source, or the other rendering; - is standard input.")],
    b: Annotated[str, typer.Argument(metavar="B", help="The translation.")],
    reference: References = None,
    role: Annotated[str, typer.Option("--role", help="What A is: auto, source, reference or peers.")] = "auto",
    align: Annotated[str, typer.Option("--align", help="auto, lines or document.")] = "auto",
    languages: Pair = "",
    metrics: Metrics = None,
    preset: PresetOption = "standard",
    format: Format = "text",
    output: Outputs = None,
    encoder: EncoderOption = "bundled",
    model: ModelOption = "",
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
    seed: Seed = 12345,
    threads: Threads = 0,
    device: Device = "cpu",
    batch_size: BatchSize = 256,
    online: Online = False,
) -> None:
    """Compare two documents, aligned if need be, in one report."""
    _limit_threads(threads)
    files = [a, b, *(reference or [])]
    _check_inputs(files)
    _check_outputs(format, output, files)
    from scorer import api

    settings = _settings(
        preset=preset,
        metrics=metrics,
        role=role,
        align=align,
        languages=languages,
        encoder=encoder,
        model=model,
        seed=seed,
        batch_size=batch_size,
    )
    _load_encoder(settings, threads, device, online)
    with _progress(quiet, verbose) as progress:
        report = api.compare(
            Path(a), Path(b), references=[Path(path) for path in reference or []], settings=settings, progress=progress
        )
    _deliver(report, format, output, no_color, quiet, printed=_is_printed(output))


@app.command()
def score(
    source: Annotated[
        str | None, typer.Option("-s", "--source", "--src", metavar="FILE", help="The source, a line a segment.")
    ] = None,
    hypothesis: Annotated[
        list[str] | None,
        typer.Option(
            "-t", "--hypothesis", "--hyp", "--mt", "--translations", metavar="FILE", help="A translation; repeatable."
        ),
    ] = None,
    more: Annotated[
        list[str] | None, typer.Argument(metavar="[FILE]...", help="Further translations.", show_default=False)
    ] = None,
    reference: References = None,
    input: Annotated[
        str | None, typer.Option("--input", metavar="FILE", help="A table, a row a segment, in place of -s -t -r.")
    ] = None,
    languages: Pair = "",
    metrics: Metrics = None,
    preset: PresetOption = "standard",
    format: Format = "text",
    output: Outputs = None,
    encoder: EncoderOption = "bundled",
    model: ModelOption = "",
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
    seed: Seed = 12345,
    threads: Threads = 0,
    device: Device = "cpu",
    batch_size: BatchSize = 256,
    online: Online = False,
) -> None:
    """Score line-aligned files or a table: systems, segments, intervals and paired tests."""
    _limit_threads(threads)
    files = [*(hypothesis or []), *(more or [])]
    if (input is None) == (not files):
        raise UsageError("name the translations with -t, or one table with --input")
    if input is not None and (source or reference):
        raise UsageError("a table has its own sources and references; leave out -s and -r")
    settings = _settings(
        preset=preset,
        metrics=metrics,
        languages=languages,
        encoder=encoder,
        model=model,
        seed=seed,
        batch_size=batch_size,
    )
    named = [*files, *(reference or []), *(each for each in (source, input) if each is not None)]
    _check_inputs(named)
    _check_outputs(format, output, named, rows=input is not None)
    _load_encoder(settings, threads, device, online)
    with _progress(quiet, verbose) as progress:
        if input is not None:
            from scorer import tables

            report = tables.score_table(input, output or [], settings, progress)
            # A report behind rows on standard output would spoil their lines.
            printed = "-" not in (output or [])
            output = [path for path in output or [] if not tables.takes_rows(path)]
        else:
            report = _score_files(files, source, reference or [], settings, progress)
            printed = _is_printed(output)
    _deliver(report, format, output, no_color, quiet, printed=printed)


def _score_files(
    files: list[str], source: str | None, reference: list[str], settings: Settings, progress: Progress
) -> Report:
    from scorer import formats, systems

    formats.refuse_stdin_twice([*files, *reference, *([source] if source else [])])
    names = [printable(path) for path in files]
    own = [os.path.realpath(path) for path in files]
    for name, path in zip(names, own, strict=True):
        if own.count(path) > 1:
            raise UsageError(f"{name} is named twice as a translation; a system needs a file of its own")
    return systems.score(
        {name: Path(path) for name, path in zip(names, files, strict=True)},
        source=Path(source) if source else None,
        references=[Path(path) for path in reference],
        settings=settings,
        progress=progress,
    )


@app.command()
def gate(
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="[A B]", help="Source and translation, in place of the policy's.", show_default=False),
    ] = None,
    reference: References = None,
    policy: Annotated[
        str | None,
        typer.Option("--policy", metavar="FILE", help="The policy; else scorer.toml or pyproject.toml, here or above."),
    ] = None,
    init: Annotated[bool, typer.Option("--init", help="Write a policy with limits from the present state.")] = False,
    minimum: Annotated[
        list[str] | None, typer.Option("--minimum", metavar="NAME=X", help="Least value, as in quality=80; repeatable.")
    ] = None,
    maximum: Annotated[
        list[str] | None, typer.Option("--maximum", metavar="NAME=X", help="Largest value, as in ter=60; repeatable.")
    ] = None,
    worst_segment: Annotated[
        list[str] | None, typer.Option("--worst-segment", metavar="NAME=X", help="Least value of any segment.")
    ] = None,
    findings: Annotated[
        list[str] | None, typer.Option("--findings", metavar="KIND=N", help="Most findings, as in critical=0.")
    ] = None,
    coverage: Annotated[
        float | None, typer.Option("--coverage", metavar="SHARE", help="Least share of segments scored, 0 to 1.")
    ] = None,
    baseline: Annotated[
        str | None, typer.Option("--baseline", metavar="FILE", help="Scores agreed to, to hold this run against.")
    ] = None,
    max_drop: Annotated[
        list[str] | None, typer.Option("--max-drop", metavar="NAME=X", help="Largest drop against the baseline.")
    ] = None,
    max_segment_drop: Annotated[
        list[str] | None, typer.Option("--max-segment-drop", metavar="NAME=X", help="Largest drop of any segment.")
    ] = None,
    new_findings: Annotated[
        list[str] | None, typer.Option("--new-findings", metavar="KIND=N", help="Most findings not in the baseline.")
    ] = None,
    confidence: Annotated[
        float | None, typer.Option("--confidence", metavar="SHARE", help="From which a drop is more than chance.")
    ] = None,
    on_undecided: Annotated[
        str | None, typer.Option("--on-undecided", metavar="WORD", help="pass or fail, where a drop may be chance.")
    ] = None,
    write_baseline: Annotated[bool, typer.Option("--write-baseline", help="Take this run as the baseline.")] = False,
    accept: Annotated[
        list[str] | None,
        typer.Option("--accept", metavar="ID", help="Take a segment, a file or all into the baseline; repeatable."),
    ] = None,
    ratchet: Annotated[
        bool | None, typer.Option("--ratchet/--no-ratchet", help="Improvements tighten the baseline.")
    ] = None,
    changed: Annotated[
        str, typer.Option("--changed", metavar="REVISION", help="Score what changed in git since, as in origin/main.")
    ] = "",
    role: Annotated[str | None, typer.Option("--role", help="What A is: source or reference.")] = None,
    align: Annotated[str | None, typer.Option("--align", help="auto, lines or document.")] = None,
    languages: Pair = "",
    preset: Annotated[
        str | None, typer.Option("--preset", metavar="NAME", help="standard, or fast: no neural model at all.")
    ] = None,
    format: Annotated[
        str, typer.Option("-f", "--format", metavar="NAME", help="The output on standard output: text, json, ...")
    ] = "text",
    output: Outputs = None,
    json: Annotated[str | None, typer.Option("--json", metavar="FILE", help="Write the verdict as JSON.")] = None,
    junit: Annotated[str | None, typer.Option("--junit", metavar="FILE", help="Write JUnit XML.")] = None,
    sarif: Annotated[str | None, typer.Option("--sarif", metavar="FILE", help="Write SARIF 2.1.0.")] = None,
    markdown: Annotated[
        str | None, typer.Option("--markdown", metavar="FILE", help="Write Markdown for a pull request's comment.")
    ] = None,
    html: Annotated[str | None, typer.Option("--html", metavar="FILE", help="Write a page.")] = None,
    codequality: Annotated[
        str | None, typer.Option("--codequality", metavar="FILE", help="Write GitLab's code quality report.")
    ] = None,
    github: Annotated[
        bool | None,
        typer.Option("--github/--no-github", help="Annotations and job summary; on by itself in GitHub Actions."),
    ] = None,
    cache_dir: Annotated[
        str | None, typer.Option("--cache-dir", metavar="FOLDER", help="Results of unchanged segments.")
    ] = None,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Score everything anew, keep nothing.")] = False,
    encoder: Annotated[
        str | None, typer.Option("--encoder", metavar="NAME", help="A sentence-transformers folder or hub name.")
    ] = None,
    model: ModelOption = "",
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
    seed: Annotated[int | None, typer.Option("--seed", help="Of the resampling.")] = None,
    threads: Threads = 0,
    device: Device = "cpu",
    batch_size: BatchSize = 256,
    online: Online = False,
) -> None:
    """Judge translations by a policy: exit code 0 or 1, with every rule and what decided it."""
    _limit_threads(threads)
    named = [*(files or []), *(reference or [])]
    if files and len(files) != 2:
        raise UsageError(f"the gate takes two files, source and translation, or none; {len(files)} were named")
    if reference and not files:
        raise UsageError("-r goes with two files; in a policy, references stand in its pairs")
    own = {"json": json, "junit": junit, "sarif": sarif, "markdown": markdown, "html": html, "codequality": codequality}
    _check_inputs([*named, *(path for path in (policy, baseline, cache_dir, *own.values()) if path is not None)])
    from scorer.gate import command, flags, outputs, run
    from scorer.gate.task import Task

    outputs.registry.factory(format)
    paths = {path: name for name, path in own.items() if path is not None and path != "-"}
    paths |= {path: command.output_of(path) for path in output or [] if path != "-"}
    for path in paths:
        _check_output(path, named)
    settings = flags.given(
        languages=languages or None,
        preset=preset,
        encoder=encoder,
        model=model or None,
        align=align,
        role=role,
        seed=seed,
    )
    rules = flags.given(
        minimum=flags.limits("--minimum", minimum),
        maximum=flags.limits("--maximum", maximum),
        worst_segment=flags.limits("--worst-segment", worst_segment),
        findings=flags.limits("--findings", findings),
        coverage=coverage,
        max_drop=flags.limits("--max-drop", max_drop),
        max_segment_drop=flags.limits("--max-segment-drop", max_segment_drop),
        new_findings=flags.limits("--new-findings", new_findings),
        confidence=confidence,
        on_undecided=on_undecided,
        baseline=baseline,
        ratchet=ratchet,
    )
    cache = None if no_cache else _cache_folder(cache_dir)
    bare = Task(
        command.EMPTY,
        changed,
        write_baseline=write_baseline,
        accept=tuple(accept or ()),
        cache=cache,
        batch_size=batch_size,
        literal=bool(files),
    )
    _configure(str(settings.get("preset", "standard")), threads, device, online)
    with _progress(quiet, verbose) as progress:
        if init:
            written = command.init(policy, files or [], reference or [], settings, bare, progress)
            typer.echo(f"wrote {printable(str(written))}; read it, then run: scorer gate --write-baseline")
            return
        chosen = command.policy(policy, files or [], reference or [], rules | settings)
        verdict = run.gate(dataclasses.replace(bare, policy=chosen), progress)
    command.write(verdict, paths)
    if github or (github is None and os.environ.get("GITHUB_ACTIONS") == "true"):
        # On standard error, which the runner reads as well: standard output may be someone's JSON.
        typer.echo(outputs.registry.factory("github")(verdict), err=True, nl=False)
        command.append_summary(verdict)
    if _is_printed(output) and "-" not in own.values():
        typer.echo(_rendered(verdict, outputs.registry.factory(format), format, no_color), nl=False)
    for name, target in own.items():
        if target == "-":
            typer.echo(outputs.registry.factory(name)(verdict), nl=False)
    if not verdict.passes:
        raise typer.Exit(EXIT_GATE)


def _cache_folder(named: str | None) -> Path:
    from scorer import assets

    return Path(named) if named is not None else assets.cache_folder() / "gate"


@app.command()
def metaeval(
    data: Annotated[
        str,
        typer.Argument(metavar="DATA", help="A table of rows with human scores; - is JSON lines on standard input."),
    ],
    human: Annotated[str, typer.Option("--human", metavar="COLUMN", help="The column of human scores.")] = "score",
    lower_is_better: Annotated[bool, typer.Option("--lower-is-better", help="The human scores are penalties.")] = False,
    column: Annotated[
        list[str] | None,
        typer.Option("--column", metavar="NAME", help="A column that is a metric; NAME:lower if lower is better."),
    ] = None,
    keep_human: Annotated[
        bool, typer.Option("--keep-human", help="Count human translations (is_human) as a system.")
    ] = False,
    resamples: Annotated[int, typer.Option("--resamples", help="Draws for intervals and tests.")] = 1000,
    plots: Annotated[str | None, typer.Option("--plots", metavar="FOLDER", help="Draw plots (SVG) there.")] = None,
    languages: Pair = "",
    metrics: Metrics = None,
    preset: PresetOption = "standard",
    format: Annotated[
        str, typer.Option("-f", "--format", metavar="NAME", help="text, markdown, csv or json.")
    ] = "text",
    output: Outputs = None,
    encoder: EncoderOption = "bundled",
    model: ModelOption = "",
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
    seed: Seed = 12345,
    threads: Threads = 0,
    device: Device = "cpu",
    batch_size: BatchSize = 256,
    online: Online = False,
) -> None:
    """Measure how well metrics agree with human scores: correlations, accuracies, intervals and paired tests."""
    _limit_threads(threads)
    _check_inputs([data, *(output or []), *([] if plots is None else [plots])])
    from scorer import agreement_tables, writing
    from scorer import metaeval as evaluation
    from scorer import plots as drawing

    agreement_tables.renderer(format)
    files = {path: agreement_tables.format_of(path) for path in output or [] if path != "-"}
    for path in [*files, *([f"{plots}/{name}" for name in drawing.FILES] if plots else [])]:
        _check_output(path, [data])
    settings = _settings(
        preset=preset,
        metrics=metrics,
        languages=languages,
        encoder=encoder,
        model=model,
        seed=seed,
        batch_size=batch_size,
        n_resamples=resamples,
    )
    _load_encoder(settings, threads, device, online)
    with _progress(quiet, verbose) as progress:
        result = evaluation.run(
            data,
            human=human,
            lower_is_better=lower_is_better,
            columns=column or [],
            keep_human=keep_human,
            settings=settings,
            progress=progress,
        )
    contents = {path: agreement_tables.renderer(name)(result) for path, name in files.items()}
    contents |= {f"{plots}/{name}": plot for name, plot in drawing.drawn(result).items()} if plots else {}
    for path, content in contents.items():
        writing.write_atomically(Path(path), content)
    if _is_printed(output):
        typer.echo(_rendered(result, agreement_tables.renderer(format), format, no_color), nl=False)


@app.command()
def fit(
    data: Annotated[
        str,
        typer.Argument(metavar="DATA", help="A table of rows with human scores; - is JSON lines on standard input."),
    ],
    output: Annotated[str, typer.Option("-o", "--output", metavar="MODEL", help="The folder to write the model to.")],
    scale: Annotated[
        str,
        typer.Option("--scale", metavar="NAME", help="mqm (points, 0 is best), 0-100 or da (any range)."),
    ],
    human: Annotated[str, typer.Option("--human", metavar="COLUMN", help="The column of human scores.")] = "score",
    what: Annotated[
        str, typer.Option("--what", metavar="NAME", help="calibration, or heads: the learned metric's last layer too.")
    ] = "calibration",
    modes: Annotated[
        str,
        typer.Option("--modes", metavar="LIST", help="Of source,reference,both; else as the rows are."),
    ] = "",
    force: Annotated[
        bool, typer.Option("--force", help="Write it even if it does not beat the shipped model.")
    ] = False,
    folds: Annotated[int, typer.Option("--folds", help="Of the cross-validation.")] = 5,
    resamples: Annotated[int, typer.Option("--resamples", help="Draws for intervals.")] = 1000,
    languages: Pair = "",
    preset: PresetOption = "standard",
    format: Annotated[str, typer.Option("-f", "--format", metavar="NAME", help="text, markdown or json.")] = "text",
    quiet: Quiet = False,
    verbose: Verbose = False,
    seed: Seed = 12345,
    threads: Threads = 0,
    device: Device = "cpu",
    online: Online = False,
) -> None:
    """Fit the model to your own human scores, and write it if it beats the shipped one."""
    _limit_threads(threads)
    _check_inputs([data, output])
    from scorer import encoders, fit_card, model_folder
    from scorer import fit as fitting
    from scorer.languages import parse_pair

    render = fit_card.renderer(format)
    model_folder.refuse_unless_writable(Path(output))
    options = fitting.Options(
        scale,  # type: ignore[arg-type]
        human=human,
        what=what,  # type: ignore[arg-type]
        preset=preset,  # type: ignore[arg-type]
        modes=tuple(filter(None, modes.replace(" ", "").split(","))),  # type: ignore[arg-type]
        languages=parse_pair(languages) if languages else None,
        n_folds=folds,
        n_resamples=resamples,
        seed=seed,
        force=force,
    )
    if preset != "fast":
        encoders.configure(threads=threads, device=device, online=online)
    with _progress(quiet, verbose) as progress:
        outcome = fitting.fit(data, options, progress)
    typer.echo(render(outcome), nl=False)
    if any(not each.is_better for each in outcome.fitted):
        typer.echo(f"scorer: {printable(fitting.not_better(outcome))}", err=True)
    if not outcome.kept:
        raise typer.Exit(EXIT_INPUT)
    fitting.write(Path(output), outcome, fit_card.card(outcome))


@app.command("list")
def list_parts(
    what: Annotated[str, typer.Argument(metavar="WHAT", help="metrics, checks, formats, reporters or models.")],
    model: ModelOption = "",
) -> None:
    """List what is there, a line each."""
    from scorer import catalogue

    for name, line in catalogue.parts(what, model):
        typer.echo(f"{name:24} {line}")


@app.command()
def selftest(
    preset: PresetOption = "standard",
    record: Annotated[bool, typer.Option("--record", hidden=True, help="Write the recorded values anew.")] = False,
) -> None:
    """Score shipped texts and hold the result against recorded values."""
    from scorer import known_answers

    if record:
        known_answers.record()
        return
    _settings(preset=preset)
    drifts = known_answers.drifts(preset)
    for drift in drifts:
        typer.echo(str(drift), err=True)
    if drifts:
        raise typer.Exit(EXIT_BUG)
    typer.echo(f"{known_answers.count(preset)} values agree with the recorded ones to {known_answers.TOLERANCE:g}")


@app.command()
def serve(
    host: Annotated[
        str, typer.Option("--host", help="The address to listen on; any but loopback's needs a token.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="The port; 0 for any that is free.")] = 8000,
    token_file: Annotated[
        str | None,
        typer.Option("--token-file", metavar="FILE", help="Holds the token that clients must show; or SCORER_TOKEN."),
    ] = None,
    allowed_host: Annotated[
        list[str] | None,
        typer.Option("--allowed-host", metavar="NAME", help="A further name of this server, as behind a proxy."),
    ] = None,
    max_bytes: Annotated[int, typer.Option("--max-bytes", help="Of a request.")] = 10 << 20,
    timeout: Annotated[float, typer.Option("--timeout", help="Seconds that a comparison may take.")] = 120.0,
    workers: Annotated[int, typer.Option("--workers", help="Processes that score.")] = 2,
    queue: Annotated[int, typer.Option("--queue", help="Requests that may wait for one.")] = 16,
    per_client: Annotated[int, typer.Option("--per-client", help="Requests of one address at once.")] = 8,
    per_minute: Annotated[int, typer.Option("--per-minute", help="Requests of one address a minute.")] = 240,
    memory: Annotated[int, typer.Option("--memory", help="Bytes that a worker may take, on Linux; 0 for no limit.")] = 4
    << 30,
    grace: Annotated[float, typer.Option("--grace", help="Seconds to finish in when told to stop.")] = 30.0,
    languages: Pair = "",
    metrics: Metrics = None,
    preset: PresetOption = "standard",
    encoder: EncoderOption = "bundled",
    model: ModelOption = "",
    quiet: Quiet = False,
    seed: Seed = 12345,
    threads: Threads = 0,
    device: Device = "cpu",
    batch_size: BatchSize = 256,
    online: Online = False,
) -> None:
    """Serve a local web page and a JSON API over compare and score, until interrupted."""
    from scorer import serve as server

    server.run(
        host,
        port,
        token=server.token_from(token_file) if token_file is not None else os.environ.get("SCORER_TOKEN", ""),
        max_bytes=max_bytes,
        timeout=timeout,
        workers=workers,
        queue=queue,
        per_client=per_client,
        per_minute=per_minute,
        memory=memory,
        grace=grace,
        settings=_settings(
            preset=preset,
            metrics=metrics,
            languages=languages,
            encoder=encoder,
            model=model,
            seed=seed,
            batch_size=batch_size,
        ),
        threads=threads,
        device=device,
        online=online,
        allowed_hosts=allowed_host or [],
        quiet=quiet,
    )


def _settings(*, metrics: list[str] | None = None, languages: str = "", **values: object) -> Settings:
    from scorer.languages import parse_pair
    from scorer.plan import Settings
    from scorer.registry import split_specs

    if "model" in values:
        _check_model(str(values["model"]))
    pair = parse_pair(languages) if languages else None
    specs = tuple(spec for each in metrics or [] for spec in split_specs(each))
    if any(metrics or []) and not specs:
        raise UsageError(f"no metric is named in -m {printable(','.join(metrics or []), 40)}; see: scorer list metrics")
    return Settings(metrics=specs, languages=pair, **values)  # type: ignore[arg-type]


def _check_model(named: str) -> None:
    """Refuse a model that cannot be used before hours of work go into reading texts."""
    from scorer import assets

    assets.model(named)


def _limit_threads(threads: int) -> None:
    """Set the libraries' thread counts, which numpy's reads when it is first imported."""
    if threads:
        for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
            os.environ[name] = str(threads)


def _load_encoder(settings: Settings, threads: int, device: str, online: bool) -> None:
    _configure(settings.preset, threads, device, online)


def _configure(preset: str, threads: int, device: str, online: bool) -> None:
    if preset == "fast":
        return
    from scorer import encoders

    encoders.configure(threads=threads, device=device, online=online)


@contextmanager
def _progress(quiet: bool, verbose: bool) -> Iterator[Progress]:
    """Yield a progress callback: a bar on a terminal, nothing elsewhere; stage times if `verbose`."""
    import time

    begun = time.monotonic()

    def tell(stage: str, done: int, total: int) -> None:
        if verbose:
            typer.echo(f"{time.monotonic() - begun:6.2f} s  {stage} {done}/{total or '?'}", err=True)

    if quiet or verbose or not sys.stderr.isatty():
        yield tell
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, object] = {}

        def draw(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=total or None)
            bar.update(tasks[stage], completed=done, total=total or None)  # type: ignore[arg-type]

        yield draw


def _check_inputs(paths: list[str]) -> None:
    if "" in paths:
        raise UsageError("the name of a file is empty; is a variable of your shell unset?")


def _check_outputs(format: str, outputs: list[str] | None, inputs: list[str], *, rows: bool = False) -> None:
    """Refuse what could not be written before hours of work go into it, and what would be written over an input."""
    from scorer import reporters

    reporters.refuse_unless_installed(format)
    for path in outputs or []:
        if path != "-":
            if not (rows and _takes_rows(path)):
                reporters.refuse_unless_installed(_reporter_for(path))
            _check_output(path, inputs)


def _takes_rows(path: str) -> bool:
    from scorer import tables

    return tables.takes_rows(path)


def _check_output(path: str, inputs: list[str]) -> None:
    target = Path(path).absolute()
    if not target.parent.is_dir():
        raise UsageError(f"cannot write {printable(path)}: there is no folder {printable(str(target.parent))}")
    if target.is_dir():
        raise UsageError(f"cannot write {printable(path)}: it is a folder")
    if not os.access(target.parent, os.W_OK):
        raise UsageError(f"cannot write {printable(path)}: no permission to write in {printable(str(target.parent))}")
    if target.is_file() and any(Path(each).is_file() and target.samefile(each) for each in inputs):
        raise UsageError(f"{printable(path)} is an input; name another output")


def _reporter_for(path: str) -> str:
    from scorer import reporters

    reporters.registry.names()
    suffix = Path(path).suffix.lower()
    if suffix not in reporters.suffixes:
        known = ", ".join(sorted(reporters.suffixes))
        raise UsageError(f"cannot tell the format of {printable(path)} from its suffix; known: {known}")
    return reporters.suffixes[suffix]


def _is_printed(outputs: list[str] | None) -> bool:
    return not outputs or "-" in outputs


def _deliver(
    report: Report, format: str, outputs: list[str] | None, no_color: bool, quiet: bool, *, printed: bool
) -> None:
    """Write the report to files and, if `printed`, to standard output; else only its verdict, to standard error."""
    from scorer import reporters, writing

    files = [path for path in outputs or [] if path != "-"]
    for path in files:
        render: Callable[..., str | bytes] = reporters.registry.factory(_reporter_for(path))
        writing.write_atomically(Path(path), render(report))
    if printed:
        typer.echo(_rendered(report, reporters.registry.factory(format), format, no_color), nl=False)
    elif not quiet:
        typer.echo(report.verdict, err=True)


def _rendered(result: object, render: Callable[..., str | bytes], format: str, no_color: bool) -> str | bytes:
    if format != "text":
        return render(result)
    terminal = sys.stdout.isatty()
    color = terminal and not no_color and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    import shutil

    width = min(shutil.get_terminal_size((80, 24)).columns, 120) if terminal else 80
    return render(result, width=width, color=color)


def main() -> NoReturn:
    """Run the command line and exit with its code."""
    _prepare_streams()
    try:
        code = _run()
        sys.stdout.flush()  # what is still in a buffer fails here, while an exit code can tell
    except ScorerError as error:
        _complain(f"scorer: {printable(str(error))}")
        code = EXIT_INPUT
    except KeyboardInterrupt:
        _complain("scorer: interrupted")
        code = EXIT_INTERRUPTED
    except BrokenPipeError:
        _abandon_output()  # whoever read it has gone
        code = EXIT_PIPE
    except MemoryError:
        _complain("scorer: out of memory; score the text in smaller files, or with --preset fast")
        code = EXIT_INPUT
    except Exception as error:
        code = _failed(error)
    sys.exit(code)


def _run() -> int:
    """Return the exit code of the command, as typer sees it.

    Typer exits with 1 when its output's reader has gone, and 1 means a failed gate here; so the reason is looked up.
    """
    try:
        app(prog_name="scorer")
    except SystemExit as left:
        reason = left.__context__
        while reason is not None:
            if isinstance(reason, BrokenPipeError | KeyboardInterrupt):
                raise reason from None
            reason = reason.__context__
        return left.code if isinstance(left.code, int) else 0
    return 0


def _failed(error: Exception) -> int:
    if isinstance(error, OSError) and error.errno in _CANNOT_WRITE:
        _complain(f"scorer: cannot write {printable(str(error.filename or 'the output'))}: {error.strerror}")
        _abandon_output()
        return EXIT_INPUT
    with contextlib.suppress(OSError):
        traceback.print_exc()
    _complain("scorer: this is a bug of ours; please report it with the lines above")
    return EXIT_BUG


def _prepare_streams() -> None:
    # Python has no stream where its parent closed one, and hands the number to the next file that is opened.
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - it lives as long as the process
    if sys.stdout is None:
        # Writing to a file that was opened for reading fails, and that is told.
        sys.stdout = open(os.open(os.devnull, os.O_RDONLY), "w")  # noqa: SIM115
    if isinstance(getattr(sys.stdout, "buffer", None), io.RawIOBase):
        # PYTHONUNBUFFERED: a write that a full disk or a closed pipe cuts short would pass for a whole one.
        sys.stdout = open(sys.stdout.fileno(), "w", closefd=False)  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A report holds all scripts; a console that cannot show one of them shows an escape, not a traceback.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _abandon_output() -> None:
    """Send what is left of the output nowhere, or Python would fail once more when it flushes at its end."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _complain(message: str) -> None:
    with contextlib.suppress(OSError):
        print(message, file=sys.stderr)  # noqa: T201 - the one place that speaks when all else failed
