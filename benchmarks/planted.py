"""Errors planted in good translations, by rule, and those of DEMETR."""

# ruff: noqa: E501 (tables of texts read better in long lines)
from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd

from scorer.lexicons.negation import NEGATION
from scorer.types import Languages, Segment

Plant = Callable[[Segment, random.Random], Segment | None]

_NEGATORS = {
    "en": r"\bnot |(?<=\w)n['’]t\b|\bnever |\bno (?=\w)",
    "de": r"\bnicht |\bniemals |\bkein(?=(?:e|er|en|em|es)? )",
    "ru": r"\bне ",
    "zh": r"不(?=[会能是要想应])|没有",
}
_DEMETR = {
    "critical_id8_negation": "negation",
    "critical_id10_numbers_replaced": "number",
    "critical_id9_ne_replaced": "name",
    "critical_id25_ne_removed": "name",
    "critical_id4_codemix": "untranslated",
}
_CODES = {"chinese_simple": "zh", "czech": "cs", "french": "fr", "german": "de", "hindi": "hi", "italian": "it", "japanese": "ja",
          "polish": "pl", "russian": "ru", "spanish": "es", "english": "en"}  # fmt: skip


def changed(segment: Segment, hypothesis: str) -> Segment | None:
    """Return the segment with another hypothesis; `None` if it is the same or blank."""
    return replace(segment, hypothesis=hypothesis) if hypothesis.strip() and hypothesis != segment.hypothesis else None


def number_changed(segment: Segment, rng: random.Random) -> Segment | None:
    """Replace the digits of one number by others."""
    matches = list(re.finditer(r"(?<![\w.,])\d+(?:[.,]\d+)*", segment.hypothesis))
    if not matches:
        return None
    match = rng.choice(matches)
    digits = re.sub(r"\d", lambda digit: str(rng.choice([d for d in range(1, 10) if str(d) != digit[0]])), match[0])
    return changed(segment, segment.hypothesis[: match.start()] + digits + segment.hypothesis[match.end() :])


def number_dropped(segment: Segment, rng: random.Random) -> Segment | None:
    matches = list(re.finditer(r"(?<![\w.,])\d{2,}(?:[.,]\d+)* ?", segment.hypothesis))
    if not matches:
        return None
    match = rng.choice(matches)
    return changed(segment, segment.hypothesis[: match.start()] + segment.hypothesis[match.end() :])


def percent_changed(segment: Segment, rng: random.Random) -> Segment | None:
    match = re.search(r"(?<![\w.,])\d+(?:[.,]\d+)*(?=\s?(?:%|percent|Prozent))", segment.hypothesis)
    if match is None:
        return None
    return changed(
        segment, segment.hypothesis[: match.start()] + str(rng.randint(2, 99)) + segment.hypothesis[match.end() :]
    )


def negation_dropped(segment: Segment, rng: random.Random) -> Segment | None:
    """Delete the only negation of the hypothesis."""
    pattern = _NEGATORS.get(segment.languages.hypothesis or "")
    if pattern is None or segment.languages.source not in NEGATION or len(re.findall(pattern, segment.hypothesis)) != 1:
        return None
    return changed(segment, re.sub(pattern, lambda match: "ein" if match[0] == "kein" else "", segment.hypothesis))


def negation_added(segment: Segment, rng: random.Random) -> Segment | None:
    """Put a "not" behind the first auxiliary of a sentence without negation."""
    pattern = {
        "en": r"\b(is|was|are|were|will|can|has|have|had)\b(?! (?:not|n't|been))",
        "de": r"\b(ist|war|sind|waren|wird|hat|haben)\b",
    }
    word = {"en": "not", "de": "nicht"}
    language = segment.languages.hypothesis or ""
    if (
        language not in pattern
        or segment.languages.source not in NEGATION
        or re.search(_NEGATORS[language], segment.hypothesis, re.IGNORECASE)
    ):
        return None
    return changed(segment, re.sub(pattern[language], rf"\1 {word[language]}", segment.hypothesis, count=1))


def source_copied(segment: Segment, rng: random.Random) -> Segment | None:
    return changed(segment, segment.source) if segment.source and len(segment.source.split()) > 3 else None


def half_copied(segment: Segment, rng: random.Random) -> Segment | None:
    """Replace the second half of the hypothesis by the source's."""
    if segment.source is None or len(segment.source.split()) < 12:
        return None
    words, source = segment.hypothesis.split(), segment.source.split()
    return changed(segment, " ".join(words[: len(words) // 2] + source[len(source) // 2 :]))


def currency_swapped(segment: Segment, rng: random.Random) -> Segment | None:
    swaps = {"$": "€", "€": "$", "£": "$", "dollars": "euros", "Dollar": "Euro", "Euro": "Dollar", "euros": "dollars", "美元": "欧元",
             "yuan": "dollars", "pounds": "euros", "Pfund": "Euro", "долларов": "евро"}  # fmt: skip
    for left, right in swaps.items():
        if left in segment.hypothesis and re.search(
            rf"\d ?(?:\w+ )?{re.escape(left)}|{re.escape(left)} ?\d", segment.hypothesis
        ):
            return changed(segment, segment.hypothesis.replace(left, right))
    return None


def month_changed(segment: Segment, rng: random.Random) -> Segment | None:
    months = {
        "en": "January February March April May June July August September October November December",
        "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    }.get(segment.languages.hypothesis or "", "")
    names = months.split()
    match = (
        re.search(rf"(\d[.\s]*)({'|'.join(names)})\b|\b({'|'.join(names)})(?= \d)", segment.hypothesis)
        if names
        else None
    )
    if match is None:
        return None
    name = match[2] or match[3]
    start = match.end() - len(name)
    other = rng.choice([month for month in names if month != name])
    return changed(segment, segment.hypothesis[:start] + other + segment.hypothesis[start + len(name) :])


def placeholder_dropped(segment: Segment, rng: random.Random) -> Segment | None:
    if segment.source is None:
        return None
    mark = rng.choice(
        ["{0}", "%s", "%(count)d", "{{name}}", "<b>", "https://example.org/a?b=1", "help@example.com", "%1$s"]
    )
    return changed(replace(segment, source=f"{segment.source} {mark}"), segment.hypothesis + " ")


def wrong_language(segment: Segment, rng: random.Random) -> Segment | None:
    """Replace the hypothesis by a text of another language."""
    texts = {
        "de": "Der Ausschuss hat am Dienstag beschlossen, die Entscheidung über den Haushalt des nächsten Jahres zu verschieben.",
        "en": "The committee decided on Tuesday to postpone the decision about the budget of the coming year until further notice.",
        "fr": "Le comité a décidé mardi de reporter la décision concernant le budget de l'année prochaine jusqu'à nouvel ordre.",
        "es": "El comité decidió el martes aplazar la decisión sobre el presupuesto del próximo año hasta nuevo aviso.",
        "zh": "委员会星期二决定推迟关于明年预算的决定，直至另行通知。",
        "ru": "Комитет во вторник решил отложить решение о бюджете на следующий год до особого распоряжения.",
    }
    pair = (segment.languages.source, segment.languages.hypothesis)
    return changed(segment, rng.choice([text for code, text in texts.items() if code not in pair]))


def acronym_dropped(segment: Segment, rng: random.Random) -> Segment | None:
    match = re.search(r"\b[A-Z]{3,}\b ?", segment.hypothesis)
    if match is None or segment.source is None or match[0].strip() not in segment.source:
        return None
    return changed(segment, segment.hypothesis[: match.start()] + segment.hypothesis[match.end() :])


def truncated(segment: Segment, rng: random.Random) -> Segment | None:
    words = segment.hypothesis.split()
    return changed(segment, " ".join(words[: len(words) // 3])) if len(words) > 15 else None


def looped(segment: Segment, rng: random.Random) -> Segment | None:
    words = segment.hypothesis.split()
    return changed(segment, " ".join(words + words[-3:] * 6)) if len(words) > 5 else None


def article_exchanged(segment: Segment, rng: random.Random) -> Segment | None:
    """Write "a" for "an", or "an" for "a"."""
    matches = list(re.finditer(r"\ban?(?= [a-z]{3})", segment.hypothesis))
    if segment.languages.hypothesis != "en" or not matches:
        return None
    match = rng.choice(matches)
    other = "an" if match[0] == "a" else "a"
    return changed(segment, segment.hypothesis[: match.start()] + other + segment.hypothesis[match.end() :])


PLANTS: dict[str, tuple[str, Plant]] = {
    "number changed": ("number", number_changed),
    "number dropped": ("number", number_dropped),
    "per cent changed": ("number", percent_changed),
    "negation dropped, languages with a word list": ("negation", negation_dropped),
    "negation added, languages with a word list": ("negation", negation_added),
    "source copied": ("untranslated", source_copied),
    "half of the source copied": ("untranslated", half_copied),
    "currency swapped": ("currency", currency_swapped),
    "month changed": ("date", month_changed),
    "placeholder, URL or tag dropped": ("placeholder", placeholder_dropped),
    "other language": ("wrong_language", wrong_language),
    "acronym dropped": ("name", acronym_dropped),
    "two thirds cut": ("truncation", truncated),
    "three words looped": ("repetition", looped),
    "article exchanged, English": ("article", article_exchanged),
}


def demetr(folder: Path) -> dict[tuple[str, str], list[Segment]]:
    """Return DEMETR's perturbations that a check is made for, against the source and, with `(reference)`, in one language."""
    data = pd.read_parquet(folder / "demetr_contrastive.parquet")
    out: dict[tuple[str, str], list[Segment]] = defaultdict(list)
    for row in data[data.pert_name.isin(_DEMETR)].itertuples():
        name = _DEMETR[row.pert_name]
        languages = Languages(*(_CODES[part] for part in row.lang_pair.split("-")))
        kind = f"DEMETR {row.pert_name.split('_', 2)[2]}"
        out[kind, name].append(Segment(row.item, row.source, row.bad, languages=languages))
        out[f"{kind} (reference)", name].append(
            Segment(row.item, None, row.bad, (row.reference,), Languages("en", "en"))
        )
    return out
