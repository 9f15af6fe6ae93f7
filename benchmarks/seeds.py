"""How the seeds' translations score, and how many of their labelled defects are found.

    python benchmarks/seeds.py [--preset fast]

writes benchmarks/results/seeds.md. A defect counts as found if a finding of its check, or of any, touches the quoted
words (for an omission: the quoted source).
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path

from scorer import Settings, compare
from scorer.report import Report

ROOT = Path(__file__).parent.parent


def spots(report: Report) -> list[tuple[str, str]]:
    """Return each finding's check with the words it marks, from either text."""
    found = []
    for finding in report.findings:
        segment = report.segments[finding.index]
        for text, span in ((segment.source, finding.source_span), (segment.hypothesis, finding.hypothesis_span)):
            if text is not None and span is not None:
                found.append((finding.check, text[slice(*span)]))
    return found


def touches(marked: str, quote: str) -> bool:
    """Return whether the marked words and the quoted ones have one inside the other, or share words that tell."""
    if not marked.strip() or not quote.strip():
        return False
    shared = set(marked.split()) & set(quote.split())
    return marked in quote or quote in marked or len(" ".join(shared)) >= 8


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--preset", default="standard")
    options = parser.parse_args()
    scores = ["| text | source | translation | adequacy | fluency | quality |", "|---|---|---|--:|--:|--:|"]
    total: Counter[str] = Counter()
    same: Counter[str] = Counter()
    anything: Counter[str] = Counter()
    for folder in sorted(path.parent for path in (ROOT / "seeds").glob("*/labels.jsonl")):
        labels = [json.loads(line) for line in (folder / "labels.jsonl").read_text(encoding="utf-8").splitlines()]
        source = min(folder.glob("source.*.txt"))
        language = source.suffixes[0][1:]
        for path in sorted(folder.glob("*.txt")):
            if path.name.startswith("source"):
                continue
            report = compare(source, path, settings=Settings(preset=options.preset, n_resamples=1))
            values = [report.dimensions[name].value for name in ("adequacy", "fluency", "quality")]  # type: ignore[index]
            scores.append(
                f"| {folder.name} | {language} | {path.name} | " + " | ".join(f"{v:.0f}" for v in values) + " |"
            )
            found = spots(report)
            for label in labels:
                if label["translation"] != path.name or (label["source"] and language not in label["source"]):
                    continue
                quotes = [quote for quote in (label["hypothesis"], label["source"].get(language, "")) if quote]
                hits = {check for check, marked in found if any(touches(marked, quote) for quote in quotes)}
                total[label["check"]] += 1
                same[label["check"]] += label["check"] in hits
                anything[label["check"]] += bool(hits)
    labels_table = ["| defect | labelled | found by its own check | found by any |", "|---|--:|--:|--:|"]
    labels_table += [f"| {check} | {n} | {same[check]} | {anything[check]} |" for check, n in sorted(total.items())]
    head = [
        "# The seeds",
        "",
        f"`python benchmarks/seeds.py --preset {options.preset}`: source and translation, no reference.",
        "",
    ]
    text = "\n".join([*head, *scores, "", *labels_table]) + "\n"
    (ROOT / "benchmarks/results/seeds.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
