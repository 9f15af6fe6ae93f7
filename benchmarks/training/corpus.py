"""Human judgments as groups of hypotheses of one source, ready for training.

Only collections that may be shipped are read here: WMT20 and WMT21 en-de and zh-en and WMT22 (MQM, Apache-2.0),
WMT17 (direct assessments, Apache-2.0), MLQE-PE (direct assessments and post-edits, CC0), DEMETR (contrastive pairs,
MIT), and text that we damaged ourselves.
"""

from __future__ import annotations

import difflib
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.training import damage
from benchmarks.training.split import KEPT_OUT_KINDS, kept_out

CAP = 25.0
Tag = tuple[int, int, float, float]  # start, end, how sure it is an error, how sure it is major


@dataclass(frozen=True, slots=True)
class Rated:
    """One hypothesis with what is known of it; `None` where nobody said."""

    hypothesis: str
    total: float | None = None
    accuracy: float | None = None
    fluency: float | None = None
    z: float | None = None
    tags: tuple[Tag, ...] | None = None
    majors_known: bool = True
    references: tuple[str, ...] | None = None  # its own, where they differ from the group's
    system: str = ""
    domain: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Hypotheses of one source.

    Attributes:
        kind: `mqm` (points), `da` (one hypothesis with a z score), `pair` (the first is better), `edit` (the same, and
            nobody said by how much), `damage` (points).
        margin: Of a pair: by how many points (accuracy, fluency) the second is worse at least.
    """

    kind: str
    collection: str
    languages: str
    source: str
    references: tuple[str, ...]
    rated: tuple[Rated, ...]
    margin: tuple[float, float] = (0.0, 0.0)

    def texts(self) -> Iterator[str]:
        """Yield every text of the group."""
        yield self.source
        yield from self.references
        for each in self.rated:
            yield each.hypothesis
            yield from each.references or ()


def _table(data: Path, name: str) -> Any:
    import pandas as pd  # only who trains has it

    return pd.read_parquet(data / f"{name}.parquet")


def mqm(data: Path, name: str, languages: Sequence[str] = ("en-de", "zh-en")) -> list[Group]:
    """Return the groups of an MQM collection: all rated hypotheses of a source."""
    groups = []
    for (pair, source), rows in judged(data, name, languages).groupby(["lang_pair", "source"], sort=True):
        translations = tuple(rated(row) for row in rows.itertuples())
        references = tuple(dict.fromkeys(ref for one in translations for ref in one.references or ()))
        groups.append(Group("mqm", name, pair, source, references, translations))
    return groups


def judged(data: Path, name: str, languages: Sequence[str]) -> Any:
    """Return the rows of an MQM collection in these pairs of languages; translations that are blank are left out."""
    frame = _table(data, name)
    return frame[frame.lang_pair.isin(languages) & (frame.hypothesis.str.strip() != "")]


def rated(row: Any) -> Rated:
    """Return what a row of an MQM collection says of its hypothesis."""
    known = row.mqm_accuracy is not None and row.mqm_accuracy == row.mqm_accuracy
    accuracy = -float(row.mqm_accuracy) if known else None
    fluency = -float(row.mqm_fluency) - float(row.mqm_other or 0) if known else None
    references = tuple(r for r in (row.references if row.references is not None else ()) if _text(r))
    if not references and _text(row.reference):
        references = (row.reference,)
    return Rated(
        row.hypothesis,
        min(-float(row.score), CAP),
        accuracy,
        fluency,
        None,
        _spans(row) if known else None,
        True,
        references,
        row.system,
        row.domain or "",
    )


def _text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _spans(row: Any) -> tuple[Tag, ...] | None:
    if row.errors is None or not len(row.errors):
        return () if float(row.score) == 0 else None
    share = 1.0 / max(1, int(row.n_raters or 1))
    tags = []
    for error in row.errors:
        severity = str(error["severity"]).lower()
        if error["side"] != "target" or severity in {"neutral", "no-error"}:
            continue
        if error["start"] < 0:
            return None  # an error that could not be placed: nothing is known of the tokens
        tags.append((int(error["start"]), int(error["end"]), share, share * (severity in {"major", "critical"})))
    return tuple(tags)


def wmt17(data: Path) -> list[Group]:
    """Return WMT17's direct assessments, a group each."""
    frame = _table(data, "wmt17_da")
    return [
        Group(
            "da", "wmt17_da", row.lang_pair, row.source, (row.reference,), (Rated(row.hypothesis, z=float(row.score)),)
        )
        for row in frame.itertuples()
        if row.hypothesis.strip()
    ]


def mlqe(data: Path, *, leave_out: Sequence[str] = (), each: int = 10_000) -> list[Group]:
    """Return MLQE-PE's direct assessments, a group each, with the tokens that the post-editor changed as tags."""
    frame = _table(data, "mlqe_pe")
    frame = frame[~frame.lang_pair.isin(leave_out) & (frame.hypothesis.str.strip() != "")]
    frame = frame.sample(frac=1, random_state=1).groupby("lang_pair").head(each)
    return [
        Group(
            "da",
            f"mlqe_pe/{row.lang_pair}",
            row.lang_pair,
            row.source,
            (row.post_edit,) if _text(row.post_edit) else (),
            (
                Rated(
                    row.hypothesis,
                    z=float(row.score),
                    tags=changed(row.post_edit, row.hypothesis) if _text(row.post_edit) else None,
                    majors_known=False,
                ),
            ),
        )
        for row in frame.itertuples()
    ]


_PIECE = re.compile(r"[぀-ヿ㐀-鿿가-힯]|[^\W_]+|[^\w\s]|_", re.UNICODE)


def changed(sound: str, text: str, major: float = 0.0) -> tuple[Tag, ...]:
    """Return the stretches of `text` that are not in `sound`, word by word."""
    left = [m.group() for m in _PIECE.finditer(sound)]
    right = list(_PIECE.finditer(text))
    matcher = difflib.SequenceMatcher(None, left, [m.group() for m in right], autojunk=False)
    return tuple(
        (right[j1].start(), right[j2 - 1].end(), 1.0, major)
        for op, _, _, j1, j2 in matcher.get_opcodes()
        if op in {"replace", "insert"}
    )


def post_edits(groups: Iterable[Group]) -> Iterator[Group]:
    """Yield a pair for each translation that a post-editor changed: the edited one is better."""
    for group in groups:
        for one in group.rated:
            if group.references and one.tags:
                edited = Rated(group.references[0], tags=())
                yield Group("edit", group.collection, group.languages, group.source, (), (edited, one))


_MARGIN = {"base": (8.0, 8.0), "critical": (4.0, 0.0), "major": (2.0, 0.0), "minor": (0.0, 0.5)}
_FLUENCY = {"critical_id20_shuffled", "major_id17_tense", "major_id18_aspect", "critical_id4_codemix"}


def demetr(data: Path) -> list[Group]:
    """Return DEMETR's pairs but for the sentences and the kinds of damage that are kept out."""
    frame = _table(data, "demetr_contrastive")
    groups = []
    for row in frame.itertuples():
        if (
            row.pert_name in KEPT_OUT_KINDS
            or kept_out(row)
            or row.pert_name == "base_id35_reference"
            or row.good == row.bad
        ):
            continue
        accuracy, fluency = _MARGIN[row.severity]
        if row.pert_name in _FLUENCY:
            accuracy, fluency = 0.0, max(accuracy, fluency)
        major = float(row.severity in {"critical", "major"})
        groups.append(
            Group(
                "pair",
                "demetr",
                f"{_CODES[row.lang_pair.split('-')[0]]}-en",
                row.source,
                (row.reference,),
                (Rated(row.good), Rated(row.bad, tags=changed(row.good, row.bad, major))),
                (accuracy, fluency),
            )
        )
    return groups


_CODES = {
    "chinese_simple": "zh",
    "czech": "cs",
    "french": "fr",
    "german": "de",
    "hindi": "hi",
    "italian": "it",
    "japanese": "ja",
    "polish": "pl",
    "russian": "ru",
    "spanish": "es",
}


@dataclass
class Sound:
    """A good translation to damage."""

    languages: str  # of the source and of the text
    source: str
    text: str
    references: tuple[str, ...] = field(default=())


def sound(data: Path, groups: Iterable[Group]) -> Iterator[Sound]:
    """Yield good translations in many languages: references, post-edits, and both read the other way round."""
    for group in groups:
        if group.kind == "mqm" and group.references:
            first, *rest = group.references
            yield Sound(group.languages, group.source, first, tuple(rest))
        elif group.collection.startswith("mlqe") and group.references:
            there, back = group.languages.split("-")
            yield Sound(group.languages, group.source, group.references[0], (group.rated[0].hypothesis,))
            yield Sound(f"{back}-{there}", group.references[0], group.source)
    frame = _table(data, "demetr_contrastive")
    for row in frame.drop_duplicates(["lang_pair", "item"]).itertuples():
        if not kept_out(row):
            code = _CODES[row.lang_pair.split("-")[0]]
            yield Sound(f"en-{code}", row.reference, row.source)
            yield Sound(f"{code}-en", row.source, row.reference, (row.good,))


KINDS = (
    "unrelated",
    "extra_sentence",
    "repeated_words",
    "truncated",
    "half_omitted",
    "word_dropped",
    "words_shuffled",
    "word_swapped",
    "word_replaced",
    "number_changed",
    "name_swapped",
    "negation",
    "gibberish",
    "typo",
    "case",
    "function_word_dropped",
    "word_ending",
    "punctuation_odd",
)
FORM_KINDS = ("doubled", "function_word_changed", "merged", "spacing", "mark_added")


def damaged(sounds: Sequence[Sound], kinds: Sequence[str] = KINDS, *, seed: int = 1, each: int = 5) -> list[Group]:
    """Return a group for each sound text: itself and `each` damaged forms of it."""
    rng = random.Random(seed)
    by_language: dict[str, list[str]] = {}
    for one in sounds:
        by_language.setdefault(one.languages.split("-")[1], []).append(one.text)
    groups = []
    for one in sounds:
        language = one.languages.split("-")[1]
        rated = [Rated(one.text, 0.2, 0.1, 0.1, tags=())]
        for kind in rng.sample(kinds, len(kinds)):
            other = rng.choice(by_language[language])
            made = damage.damage(one.text, kind, rng, language=language, other=other)
            if made is None or not made.text.strip() or made.text == one.text:
                continue
            tags = tuple((start, end, 1.0, float(severity == "major")) for start, end, severity in made.spans)
            total = min(CAP, made.accuracy + made.fluency + 0.2)
            rated.append(Rated(made.text, total, made.accuracy + 0.1, made.fluency + 0.1, tags=tags, system=kind))
            if len(rated) > each:
                break
        groups.append(Group("damage", "damage", one.languages, one.source, one.references, tuple(rated)))
    return groups


# Of WMT22: nothing is trained on them, calibration is fitted to the one and measured on the other.
HELD_OUT_DOMAINS = ("ecommerce", "social")
UNSEEN = ("ru-en",)  # kept for development: a language pair that no judgment in training has


def training(data: Path, *, with_wmt22: bool, each: int = 3000, n_damaged: int = 6000) -> list[Group]:
    """Return everything that the network is trained on; the same list for the same data.

    Args:
        data: The folder of collections.
        with_wmt22: Whether to read the domains of WMT22 that are not held out.
        each: Of how many direct assessments of a language pair to damage the post-edits; more would crowd out the
            languages of references and of DEMETR.
        n_damaged: How many texts to damage.
    """
    groups = mqm(data, "wmt20_mqm") + mqm(data, "wmt21_mqm")
    judged = mlqe(data, leave_out=UNSEEN)
    sounds = list(sound(data, [*groups, *mlqe(data, leave_out=UNSEEN, each=each)]))
    random.Random(1).shuffle(sounds)
    if with_wmt22:
        groups += [g for g in mqm(data, "wmt22_mqm") if g.rated[0].domain not in HELD_OUT_DOMAINS]
    harmed = [*damaged(sounds[:n_damaged]), *damaged(sounds[n_damaged : n_damaged * 4 // 3], FORM_KINDS)]
    return [*groups, *wmt17(data), *judged, *post_edits(judged), *demetr(data), *harmed]


def development(data: Path) -> list[Group]:
    """Return what is only measured on: another year, pairs without training data."""
    unseen = [group for group in mlqe(data, each=600) if group.languages in UNSEEN]
    russian = mqm(data, "wmt21_mqm", ("en-ru",))
    random.Random(3).shuffle(russian)
    chinese = mqm(data, "wmt22_mqm_3raters", ("en-zh",))
    random.Random(3).shuffle(chinese)
    small = mqm(data, "wmt22_mqm_enru_sample", ("en-ru",))
    return [*mqm(data, "wmt22_mqm"), *small, *russian[:120], *chinese[:120], *unseen]
