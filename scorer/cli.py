"""Arguments in, exit code out; the only module that imports typer, prints and exits.

Exit codes: 0 scored · 2 usage, configuration or input · 3 a bug of ours · 130 interrupted · 141 broken pipe. 1 is kept for
a gate that fails.
"""

from __future__ import annotations

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

EXIT_INPUT, EXIT_BUG, EXIT_INTERRUPTED, EXIT_PIPE = 2, 3, 130, 141

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
    list[str] | None, typer.Option("-r", "--reference", "--ref", metavar="FILE", help="A human translation; repeatable.")
]
Pair = Annotated[str, typer.Option("-l", "--languages", metavar="PAIR", help="Languages, as in en-de; else detected.")]
Metrics = Annotated[str, typer.Option("-m", "--metrics", metavar="LIST", help="Metrics, as in bleu,chrf(word_order=2).")]
PresetOption = Annotated[str, typer.Option("--preset", metavar="NAME", help="standard, or fast: no neural model at all.")]
Format = Annotated[str, typer.Option("-f", "--format", metavar="NAME", help="text, json, markdown or html, to standard output.")]
Outputs = Annotated[
    list[str] | None, typer.Option("-o", "--output", metavar="FILE", help="Write there; the suffix picks the format. Repeatable.")
]
EncoderOption = Annotated[str, typer.Option("--encoder", metavar="NAME", help="A sentence-transformers folder or hub name.")]
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
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")] = False,
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
    metrics: Metrics = "",
    preset: PresetOption = "standard",
    format: Format = "text",
    output: Outputs = None,
    encoder: EncoderOption = "bundled",
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
    _check_outputs(format, output)
    from scorer import api

    settings = _settings(
        preset=preset, metrics=metrics, role=role, align=align, languages=languages, encoder=encoder, seed=seed, batch_size=batch_size
    )
    _load_encoder(settings, threads, device, online)
    with _progress(quiet, verbose) as progress:
        report = api.compare(
            Path(a), Path(b), references=[Path(path) for path in reference or []], settings=settings, progress=progress
        )
    _deliver(report, format, output, no_color, quiet)


@app.command()
def score(
    source: Annotated[str | None, typer.Option("-s", "--source", "--src", metavar="FILE", help="The source, a line a segment.")] = None,
    hypothesis: Annotated[
        list[str] | None,
        typer.Option("-t", "--hypothesis", "--hyp", "--mt", "--translations", metavar="FILE", help="A translation; repeatable."),
    ] = None,
    more: Annotated[list[str] | None, typer.Argument(metavar="[FILE]...", help="Further translations.", show_default=False)] = None,
    reference: References = None,
    input: Annotated[str | None, typer.Option("--input", metavar="FILE", help="A table, a row a segment, in place of -s -t -r.")] = None,
    languages: Pair = "",
    metrics: Metrics = "",
    preset: PresetOption = "standard",
    format: Format = "text",
    output: Outputs = None,
    encoder: EncoderOption = "bundled",
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
    settings = _settings(preset=preset, metrics=metrics, languages=languages, encoder=encoder, seed=seed, batch_size=batch_size)
    if input is None:
        _check_outputs(format, output)
    _load_encoder(settings, threads, device, online)
    with _progress(quiet, verbose) as progress:
        if input is not None:
            from scorer import tables

            report = tables.score_table(input, output or [], settings, progress)
            output = [path for path in output or [] if not tables.takes_rows(path)]
            if "-" in (output or []):
                return
        else:
            report = _score_files(files, source, reference or [], settings, progress)
    _deliver(report, format, output, no_color, quiet, summary=input is not None)


def _score_files(
    files: list[str], source: str | None, reference: list[str], settings: Settings, progress: Progress
) -> Report:
    from scorer import formats, systems

    formats.refuse_stdin_twice([*files, *reference, *([source] if source else [])])
    names = [printable(path) for path in files]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"{name} is named twice as a translation; a system needs a file of its own")
    return systems.score(
        {name: Path(path) for name, path in zip(names, files, strict=True)},
        source=Path(source) if source else None,
        references=[Path(path) for path in reference],
        settings=settings,
        progress=progress,
    )


@app.command("list")
def list_parts(
    what: Annotated[str, typer.Argument(metavar="WHAT", help="metrics, checks, formats, reporters or models.")],
) -> None:
    """List what is there, a line each."""
    from scorer import catalogue

    for name, line in catalogue.parts(what):
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
    drifts = known_answers.drifts(preset)
    for drift in drifts:
        typer.echo(str(drift), err=True)
    if drifts:
        raise typer.Exit(EXIT_BUG)
    typer.echo(f"{known_answers.count(preset)} values agree with the recorded ones to {known_answers.TOLERANCE:g}")


def _settings(*, metrics: str, languages: str, **values: object) -> Settings:
    from scorer.languages import parse_pair
    from scorer.plan import Settings
    from scorer.registry import split_specs

    pair = parse_pair(languages) if languages else None
    return Settings(metrics=tuple(split_specs(metrics)), languages=pair, **values)  # type: ignore[arg-type]


def _limit_threads(threads: int) -> None:
    """Set the libraries' thread counts, which numpy's reads when it is first imported."""
    if threads:
        for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
            os.environ[name] = str(threads)


def _load_encoder(settings: Settings, threads: int, device: str, online: bool) -> None:
    if settings.preset == "fast":
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


def _check_outputs(format: str, outputs: list[str] | None) -> None:
    """Refuse what could not be written before hours of work go into it."""
    from scorer import reporters

    reporters.registry.factory(format)
    for path in outputs or []:
        if path != "-":
            _reporter_for(path)
            folder = Path(path).absolute().parent
            if not folder.is_dir():
                raise UsageError(f"cannot write {printable(path)}: there is no folder {printable(str(folder))}")


def _reporter_for(path: str) -> str:
    from scorer import reporters

    reporters.registry.names()
    suffix = Path(path).suffix.lower()
    if suffix not in reporters.suffixes:
        known = ", ".join(sorted(reporters.suffixes))
        raise UsageError(f"cannot tell the format of {printable(path)} from its suffix; known: {known}")
    return reporters.suffixes[suffix]


def _deliver(
    report: Report, format: str, outputs: list[str] | None, no_color: bool, quiet: bool, *, summary: bool = False
) -> None:
    """Write the report to files and, unless files took it all, to standard output."""
    from scorer import reporters, writing

    files = [path for path in outputs or [] if path != "-"]
    for path in files:
        render: Callable[..., str] = reporters.registry.factory(_reporter_for(path))  # type: ignore[assignment]
        writing.write_atomically(Path(path), render(report))
    if not outputs or "-" in outputs or summary:
        typer.echo(_rendered(report, format, no_color), nl=False)
    elif not quiet:
        typer.echo(report.verdict, err=True)


def _rendered(report: Report, format: str, no_color: bool) -> str:
    from scorer import reporters

    render: Callable[..., str] = reporters.registry.factory(format)  # type: ignore[assignment]
    if format != "text":
        return render(report)
    terminal = sys.stdout.isatty()
    color = terminal and not no_color and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    import shutil

    width = min(shutil.get_terminal_size((80, 24)).columns, 120) if terminal else 80
    return render(report, width=width, color=color)


def main() -> NoReturn:
    """Run the command line and exit with its code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A report holds all scripts; a console that cannot show one of them shows an escape, not a traceback.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        app(standalone_mode=True)
    except ScorerError as error:
        _complain(f"scorer: {printable(str(error))}")
        code = EXIT_INPUT
    except KeyboardInterrupt:
        _complain("scorer: interrupted")
        code = EXIT_INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; point the stream elsewhere, or Python complains at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = EXIT_PIPE
    except MemoryError:
        _complain("scorer: out of memory; score the text in smaller files, or with --preset fast")
        code = EXIT_INPUT
    except Exception:
        traceback.print_exc()
        _complain("scorer: this is a bug of ours; please report it with the lines above")
        code = EXIT_BUG
    else:
        code = 0
    sys.exit(code)


def _complain(message: str) -> None:
    try:
        print(message, file=sys.stderr)  # noqa: T201 - the one place that speaks when all else failed
    except OSError:
        pass
