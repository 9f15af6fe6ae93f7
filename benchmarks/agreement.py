"""Agreement of published metrics, and of ours, with the MQM scores of WMT20 and WMT22.

Joins the published scores to the human judgments and runs `scorer metaeval` on them: WMT20 (en-de, zh-en),
WMT22 with one rater (en-de, zh-en) and with three (en-de, en-zh). Our own metrics are those named with `-m`; neural
ones take a while.

    python benchmarks/agreement.py ../shared/data -m chrf

writes benchmarks/results/agreement.md and, with --plots, its plots.
"""

from __future__ import annotations

import argparse
import platform
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from scorer import agreement_tables, metaeval, plots
from scorer.metaeval import MetaEvaluation
from scorer.plan import Settings
from scorer.registry import split_specs

ROOT = Path(__file__).parent.parent
KEYS = ["testset", "lang_pair", "system", "seg_id"]
TEXTS = ["doc_id", "is_human", "source", "reference", "references", "hypothesis", "score"]
SETS = {
    "wmt20_mqm": "WMT20, mean of three raters",
    "wmt22_mqm": "WMT22, one rater a segment",
    "wmt22_mqm_3raters": "WMT22, mean of three raters",
}
# GEMBA by other models and prompts, which the table does not need.
LEFT_OUT = ("GEMBA-Turbo", "GEMBA-Dav3", "GEMBA-GPT4-SQM")


def published_scores(data: Path) -> pd.DataFrame:
    """Return the published scores of other metrics, a column each, a row a translation."""
    return pd.read_parquet(data / "dev_metric_scores.parquet").drop_duplicates(KEYS)


def joined(data: Path, name: str) -> tuple[pd.DataFrame, list[str]]:
    """Return judged rows with their published scores, and the names of the metrics that most rows have."""
    rows = pd.read_parquet(data / f"{name}.parquet", columns=[*KEYS, *TEXTS])
    published = published_scores(data)
    table = rows.merge(published, on=KEYS, how="left", validate="many_to_one")
    machine = table[~table.is_human]
    columns = [column for column in published.columns if column not in KEYS and not column.startswith(LEFT_OUT)]
    coverage = machine[columns].notna().groupby(machine.lang_pair).mean()
    return table, [column for column in columns if coverage[column].max() > 0.5]


def evaluated(data: Path, name: str, specs: tuple[str, ...]) -> MetaEvaluation:
    """Return the result on one set."""
    table, columns = joined(data, name)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.parquet"
        table.to_parquet(path)
        return metaeval.run(str(path), columns=columns, settings=Settings(metrics=specs))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="?", default=ROOT.parent / "shared/data")
    parser.add_argument("-m", "--metrics", default="chrf", help="ours, as in chrf,quality")
    parser.add_argument("--plots", type=Path, help="a folder for plots")
    arguments = parser.parse_args()
    blocks = ["# Agreement of metrics with MQM on WMT20 and WMT22", ""]
    for name, said in SETS.items():
        result = evaluated(arguments.data, name, tuple(split_specs(arguments.metrics)))
        table = agreement_tables.markdown(result).replace("\n## ", "\n### ").split("\n", 1)[1]
        shown = table.replace(agreement_tables.escape(result.input), f"{name}.parquet")
        blocks += [f"## {said}", shown]
        if arguments.plots:
            for file, content in plots.drawn(result).items():
                (arguments.plots / f"{name}-{file}").write_text(content, encoding="utf-8")
    blocks.append(
        f"Made by `python benchmarks/agreement.py ../shared/data -m {arguments.metrics}`; Python "
        f"{platform.python_version()}, numpy {np.__version__}, {platform.machine()}."
    )
    (ROOT / "benchmarks/results/agreement.md").write_text("\n".join(blocks) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
