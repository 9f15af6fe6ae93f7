"""Good translations to damaged ones of known severity: what a learned metric has to be shown, as no system errs so.

Expected points are those of MQM (Freitag et al. 2021): minor 1, major 5, minor punctuation 0.1, a segment at most 25,
and 25 for a translation of something else. They are averages of what a rater would give, so they need not be whole:
a lost word is between minor and major. A loss counts a point a word, and at least a major error from three words on.

    >>> damage("It cost 15 euros.", "number_changed", random.Random(1), language="en", other="")
    Damaged(text='It cost 36 euros.', accuracy=5.0, fluency=0.0, spans=((8, 10, 'major'),), kind='number_changed')
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from benchmarks.training.opposites import AFFIRMED, NEGATED
from benchmarks.training.pieces import clusters, names, words
from scorer.lexicons import function_words
from scorer.lexicons.negation import NEGATION
from scorer.types import Span
from scorer.words import is_unspaced

Severity = Literal["minor", "major"]
MINOR, MAJOR, MOST = 1.0, 5.0, 25.0
LOST_WORD = 1.0  # points of each word of a longer omission: 25 for a sentence of 25 words
PHRASE = 3  # words from which an omission is a major error


class Damaged(NamedTuple):
    """A damaged text; `accuracy` and `fluency` are the points that the damage adds, together at most 25.

    `spans` are (start, end, severity) in `text`, what was put there or moved; what is missing has no place.
    """

    text: str
    accuracy: float
    fluency: float
    spans: tuple[tuple[int, int, Severity], ...]
    kind: str


class Edit(NamedTuple):
    """Characters to replace; `severity` is `None` where nothing of it is to be marked."""

    start: int
    end: int
    new: str
    severity: Severity | None = None


@dataclass(frozen=True)
class Given:
    """A text to damage, its language's code, and another sentence of the language."""

    text: str
    language: str
    other: str

    @cached_property
    def words(self) -> list[Span]:
        """Return where the words are, in order."""
        return words(self.text)

    def word(self, number: int) -> str:
        """Return a word."""
        return self.text[slice(*self.words[number])]


Outcome = tuple[str, float, float, tuple[tuple[int, int, Severity], ...]] | None
Planter = Callable[[Given, random.Random], Outcome]


def damage(text: str, kind: str, rng: random.Random, *, language: str, other: str) -> Damaged | None:
    """Return a text with one kind of damage; `None` where it does not apply.

    Args:
        text: A translation; its own errors are not counted.
        kind: One of `KINDS`.
        rng: Where and how is drawn from it: the same state gives the same damage.
        language: ISO 639-1 code of `text`.
        other: Another fluent sentence of that language. A sentence of another language makes `unrelated` a text in
            the wrong language, `word_replaced` a foreign word, and, if it is the source, an untranslated one.

    Raises:
        ValueError: There is no such kind.
    """
    if kind not in _PLANTERS:
        raise ValueError(f"no damage is called {kind!r}; there are {', '.join(KINDS)}")
    outcome = _PLANTERS[kind](Given(text, language, other.strip()), rng)
    if outcome is None or outcome[0] == text or not outcome[0].strip():
        return None
    damaged, accuracy, fluency, spans = outcome
    scale = min(1.0, MOST / max(accuracy + fluency, MOST))
    return Damaged(damaged, accuracy * scale, fluency * scale, spans, kind)


# Edits ---------------------------------------------------------------------------------------------------------------


def _edited(text: str, edits: Iterable[Edit], accuracy: float, fluency: float) -> Outcome:
    """Return a text after edits that do not overlap, with the marked ones' places in the result."""
    parts: list[str] = []
    spans: list[tuple[int, int, Severity]] = []
    place = length = 0
    for edit in sorted(edits):
        parts += [text[place : edit.start], edit.new]
        length += edit.start - place + len(edit.new)
        if edit.severity and edit.new:
            spans.append((length - len(edit.new), length, edit.severity))
        place = edit.end
    return "".join([*parts, text[place:]]), accuracy, fluency, tuple(spans)


def _cut(text: str, start: int, end: int) -> Edit:
    """Return the deletion of words, with one of the spaces around them."""
    if text[end : end + 1].isspace():
        end += 1
    elif end == len(text) or not text[end].isalnum():
        while start > 0 and text[start - 1].isspace():
            start -= 1
    return Edit(start, end, "")


def _joined(left: str, right: str) -> str:
    """Return two texts as one, with a space where their script has one."""
    dense = is_unspaced(left.rstrip()[-1:] or " ") or is_unspaced(right[:1] or " ") or left.rstrip()[-1:] in "。！？"
    return left.rstrip() + ("" if dense else " ") + right


def _content(given: Given) -> list[int]:
    """Return the numbers of words that probably carry meaning: long ones, pieces of unspaced scripts, numbers."""
    return [i for i in range(len(given.words)) if _is_content(given.word(i))]


def _is_content(word: str) -> bool:
    if is_unspaced(word[0]):
        return len(word) > 1
    return word[0].isdigit() or len(word) > 3


# Content -------------------------------------------------------------------------------------------------------------


def _lost(n_lost: int, n_words: int) -> float:
    """Return the points of an omission of some of a text's words."""
    share = n_lost / max(1, n_words)
    return max(MAJOR if n_lost >= PHRASE else 3.0, n_lost * LOST_WORD, MOST * share * share)


def _unrelated(given: Given, rng: random.Random) -> Outcome:
    return given.other, MOST, 0.0, ((0, len(given.other), "major"),)


def _extra_sentence(given: Given, rng: random.Random) -> Outcome:
    """Put another sentence behind or before the text."""
    if not given.other or not given.text.strip():
        return None
    points = MAJOR + min(MAJOR, 0.2 * len(words(given.other)))
    if rng.random() < 0.75:
        whole = _joined(given.text, given.other)
        return whole, points, 0.0, ((len(whole) - len(given.other), len(whole), "major"),)
    return _joined(given.other, given.text), points, 0.0, ((0, len(given.other), "major"),)


def _doubled(given: Given, rng: random.Random) -> Outcome:
    text = given.text.strip()
    whole = _joined(text, text) if text else ""
    return whole, MAJOR, MAJOR, ((len(whole) - len(text), len(whole), "major"),)


def _truncated(given: Given, rng: random.Random) -> Outcome:
    """Cut off the last fifth to four fifths of the words; one time in five inside a word."""
    n_words = len(given.words)
    if n_words < 5:
        return None
    kept = min(n_words - 1, max(1, round(n_words * rng.uniform(0.2, 0.8))))
    end = given.words[kept - 1][1]
    if rng.random() < 0.2:
        start, stop = given.words[kept]
        end = start + (stop - start) // 2
    text = given.text[:end].rstrip()
    if rng.random() < 0.3 and given.text.rstrip()[-1:] in (*".!?。।", "！", "？"):
        text += given.text.rstrip()[-1]
    return text, _lost(n_words - kept, n_words), MINOR, ()


def _half_omitted(given: Given, rng: random.Random) -> Outcome:
    """Leave out a quarter to two thirds of the words, in one piece and not at the end."""
    n_words = len(given.words)
    if n_words < 6:
        return None
    n_lost = max(2, round(n_words * rng.uniform(0.25, 0.65)))
    first = rng.randint(1, n_words - n_lost - 1)
    start, end = given.words[first][0], given.words[first + n_lost - 1][1]
    return _edited(given.text, [_cut(given.text, start, end)], _lost(n_lost, n_words), MINOR)


def _word_dropped(given: Given, rng: random.Random) -> Outcome:
    found = _content(given)
    if len(given.words) < 3 or not found:
        return None
    return _edited(given.text, [_cut(given.text, *given.words[rng.choice(found)])], 3.0, MINOR)


def _word_replaced(given: Given, rng: random.Random) -> Outcome:
    """Replace one to three words that carry meaning by such words of the other sentence."""
    there = Given(given.other, given.language, "")
    found, offered = _content(given), sorted({there.word(i) for i in _content(there)})
    if not found or not offered:
        return None
    chosen = rng.sample(found, min(len(found), rng.choice((1, 1, 1, 2, 3))))
    edits = [Edit(*given.words[i], rng.choice(offered), "major") for i in chosen]
    edits = [edit for edit in edits if edit.new != given.text[edit.start : edit.end]]
    return _edited(given.text, edits, 4.0 * len(edits), MINOR * len(edits))


_NUMBER = re.compile(r"(?<!\d)(?<!\d[.,:])\d{1,15}(?:[.,:]\d{1,15}){0,5}")


def _number_changed(given: Given, rng: random.Random) -> Outcome:
    """Replace the digits of a number by others, or one of them."""
    matches = list(_NUMBER.finditer(given.text))
    if not matches:
        return None
    match = rng.choice(matches)
    digits = [i for i, sign in enumerate(match[0]) if sign.isdecimal()]
    chosen = {rng.choice(digits)} if rng.random() < 0.4 else set(digits)
    new = "".join(_other_digit(sign, rng) if i in chosen else sign for i, sign in enumerate(match[0]))
    return _edited(given.text, [Edit(*match.span(), new, "major")], MAJOR, 0.0)


def _other_digit(digit: str, rng: random.Random) -> str:
    """Return another digit of the same script, never a zero."""
    value = unicodedata.decimal(digit)
    return chr(ord(digit) - value + rng.choice([each for each in range(1, 10) if each != value]))


def _name_swapped(given: Given, rng: random.Random) -> Outcome:
    """Swap two names of the text, or replace one by a name of the other sentence."""
    found = [(span, given.text[slice(*span)]) for span in names(given.text)]
    offered = sorted({given.other[slice(*span)] for span in names(given.other)})
    if not found:
        return None
    (span, name), *rest = rng.sample(found, len(found))
    # First and family name swapped are still the same person.
    rest = [each for each in rest if each[1] != name and _apart(given.text, span, each[0])]
    if rest and (rng.random() < 0.4 or not offered):
        edits = [Edit(*span, rest[0][1], "major"), Edit(*rest[0][0], name, "major")]
    elif offered:
        edits = [Edit(*span, rng.choice(offered), "major")]
    else:
        return None
    return _edited(given.text, edits, MAJOR, 0.0)


def _apart(text: str, one: Span, other: Span) -> bool:
    """Return whether a word stands between two names."""
    return any(map(str.isalpha, text[min(one[1], other[1]) : max(one[0], other[0])]))


def _negation(given: Given, rng: random.Random) -> Outcome:
    """Take a negation out; where there is none to take, put one in."""
    for table in (AFFIRMED, NEGATED):
        rules = [(re.compile(pattern, re.IGNORECASE), new) for pattern, new in table.get(given.language, ())]
        found = [(match, new) for pattern, new in rules for match in pattern.finditer(given.text)]
        if table is NEGATED and given.language in NEGATION and _is_negated(given):
            return None  # two negations would affirm, and a word of the list may be one we cannot take out
        if found:
            match, new = rng.choice(_widest(found[:50]))
            edit = _replaced(given.text, match, match.expand(new))
            return _edited(given.text, [edit], MAJOR, 0.0)
    return None


def _widest(found: list[tuple[re.Match[str], str]]) -> list[tuple[re.Match[str], str]]:
    """Return the matches that lie in no longer one: "can't" is more than its "n't"."""
    spans = [match.span() for match, _ in found]
    return [
        (match, new)
        for match, new in found
        if not any(
            start <= match.start() and match.end() <= end and (start, end) != match.span() for start, end in spans
        )
    ]


def _is_negated(given: Given) -> bool:
    return bool(NEGATION[given.language].strong.search(given.text.lower()))


def _replaced(text: str, match: re.Match[str], new: str) -> Edit:
    """Return the edit that puts another word in a match's place, with its capital, or cuts it out."""
    if not new:
        inside = match.start() > 0 and text[match.start() - 1].isalnum()
        dense = is_unspaced(text[match.start()])
        return Edit(*match.span(), "") if inside or dense else _cut(text, *match.span())
    if match[0][0].isupper():
        new = new[0].upper() + new[1:]
    return Edit(*match.span(), new, "major")


# Form ----------------------------------------------------------------------------------------------------------------


def _repeated_words(given: Given, rng: random.Random) -> Outcome:
    """Say one to six words again, once or several times."""
    if not given.words:
        return None
    size = min(len(given.words), rng.choice((1, 1, 2, 3, 4, 6)))
    times = rng.choice((1, 1, 2, 3, 6))
    first = rng.randint(0, len(given.words) - size)
    start, end = given.words[first][0], given.words[first + size - 1][1]
    gap = "" if is_unspaced(given.text[end - 1]) else " "
    points = min(15.0, MINOR * max(1, size // 2) + (size * times) * 0.5 - 0.5)
    edit = Edit(end, end, f"{gap}{given.text[start:end]}" * times, "major" if points >= MAJOR else "minor")
    return _edited(given.text, [edit], 0.0, points)


def _rearranged(given: Given, places: Sequence[int], order: Sequence[int], severity: Severity) -> list[Edit]:
    """Return the edits that put word `order[i]` in the place of word `places[i]`."""
    pairs = zip(places, order, strict=True)
    return [Edit(*given.words[place], given.word(new), severity) for place, new in pairs if place != new]


def _words_shuffled(given: Given, rng: random.Random) -> Outcome:
    """Shuffle all words, or, as often, three to seven neighbours."""
    n_words = len(given.words)
    if n_words < 4:
        return None
    size = n_words if rng.random() < 0.5 else rng.randint(3, min(7, n_words))
    first = rng.randint(0, n_words - size)
    places = list(range(first, first + size))
    edits = _rearranged(given, places, rng.sample(places, size), "major")
    share = size / n_words
    return _edited(given.text, edits, 10.0 * share * share, max(2.0, min(15.0, 0.75 * size, 15.0 * share)))


def _word_swapped(given: Given, rng: random.Random) -> Outcome:
    """Swap two neighbours; one time in five a word and the next but one."""
    apart = 2 if rng.random() < 0.2 else 1
    if len(given.words) <= apart:
        return None
    first = rng.randrange(len(given.words) - apart)
    edits = _rearranged(given, [first, first + apart], [first + apart, first], "minor")
    return _edited(given.text, edits, 0.0, MINOR if apart == 1 else 2.0)


def _gibberish(given: Given, rng: random.Random) -> Outcome:
    """Shuffle the letters of the words, or draw them from all of the text's; all words, or some."""
    if not any(map(str.isalpha, given.text)):
        return None
    pool = [sign for span in given.words[:500] for sign in clusters(given.text[slice(*span)]) if sign.isalpha()]
    share = 1.0 if rng.random() < 0.6 else rng.uniform(0.3, 0.9)
    drawn = rng.random() < 0.5 or is_unspaced(pool[0]) if pool else False
    edits = []
    for span in given.words:
        if rng.random() < share:
            letters = clusters(given.text[slice(*span)])
            new = [rng.choice(pool) for _ in letters] if drawn else rng.sample(letters, len(letters))
            edits.append(Edit(*span, "".join(new), "major"))
    hit = len(edits) / max(1, len(given.words))
    return _edited(given.text, edits, max(MAJOR, 0.52 * MOST * hit), max(MAJOR, 0.48 * MOST * hit) if edits else 0.0)


def _typo(given: Given, rng: random.Random) -> Outcome:
    """Swap two letters of a word, leave one out, double one or take another."""
    found = [i for i in range(len(given.words)) if _can_be_misspelt(given.word(i))]
    if not found:
        return _wrong_sign(given, rng)
    chosen = rng.sample(found, min(len(found), rng.choice((1, 1, 1, 2))))
    edits = [Edit(*given.words[i], _misspelt(given.word(i), rng), "minor") for i in chosen]
    return _edited(given.text, edits, 0.0, MINOR * len(edits))


def _can_be_misspelt(word: str) -> bool:
    return len(word) > 3 and len(clusters(word)) > 2 and word[0].isalpha() and not is_unspaced(word[0])


def _misspelt(word: str, rng: random.Random) -> str:
    letters = clusters(word)
    place = rng.randrange(1, len(letters) - 1)
    way = rng.randrange(4)
    if way == 0:
        letters[place], letters[place + 1] = letters[place + 1], letters[place]
    elif way == 1:
        del letters[place]
    elif way == 2:
        letters.insert(place, letters[place])
    else:
        letters[place] = rng.choice(letters)
    return "".join(letters)


def _wrong_sign(given: Given, rng: random.Random) -> Outcome:
    """Leave out, double or replace one sign of a script without spaces, where it may be half a word."""
    found = [span for span in given.words if is_unspaced(given.text[span[0]])]
    if not found:
        return None
    span = rng.choice(found)
    letters = clusters(given.text[slice(*span)])
    place = rng.randrange(len(letters))
    there = clusters(given.text[slice(*rng.choice(found))])
    letters[place] = rng.choice(("", letters[place] * 2, rng.choice(there)))
    return _edited(given.text, [Edit(*span, "".join(letters), "minor")], MINOR, MINOR)


def _case(given: Given, rng: random.Random) -> Outcome:
    """Take the capital from the first word, from the others or from all; or write a word or all in capitals."""
    cased = [i for i in range(len(given.words)) if given.word(i).lower() != given.word(i).upper()]
    if not cased:
        return None
    capitals = [i for i in cased if given.word(i)[0].isupper() and i != cased[0]]
    ways = [(cased[:1], False), (capitals, False), (cased, False), ([rng.choice(cased)], True), (cased, True)]
    for way in rng.sample(range(len(ways)), len(ways)):
        chosen, upper = ways[way]
        made = [(i, given.word(i).upper() if upper else given.word(i).lower()) for i in chosen]
        edits = [Edit(*given.words[i], new, "minor") for i, new in made if new != given.word(i)]
        if edits:
            return _edited(given.text, edits, 0.0, (0.3, min(2.0, 0.5 * len(edits)), 2.0, 0.5, 2.0)[way])
    return None


# One sign: in Japanese what stands between two kanji or katakana, in Chinese those that are rarely part of a word.
_PARTICLES = {
    "ja": re.compile(r"(?<=[\u30a1-\u30fc\u4e00-\u9fff])[はがをにでのとも](?=[\u30a1-\u30fc\u4e00-\u9fff、])"),
    "zh": re.compile(r"[的了在和与及被把对](?![确于中])"),
}


def _function_words(given: Given) -> list[Span]:
    """Return where small words are: those of the lexicon, others of at most three small letters, and particles."""
    if given.language in _PARTICLES:
        return [match.span() for match in _PARTICLES[given.language].finditer(given.text)]
    strong = NEGATION[given.language].strong if given.language in NEGATION else None
    return [
        span
        for span, word in ((span, given.text[slice(*span)]) for span in given.words)
        if (function_words.LANGUAGE_OF.get(word.lower()) == given.language or _is_short(word))
        and not (strong and strong.search(word.lower()))
    ]


def _is_short(word: str) -> bool:
    """Return whether a word is short enough for a preposition; in Semitic scripts that says nothing."""
    indic = "\u0900" <= word[0] <= "\u0dff"
    return len(word) < 4 and ((word.islower() and word.isalpha()) or (indic and not word[0].isdigit()))


def _function_word_dropped(given: Given, rng: random.Random) -> Outcome:
    found = _function_words(given)
    if not found or len(given.words) < 3:
        return None
    span = rng.choice(found)
    edit = Edit(*span, "") if given.language in _PARTICLES else _cut(given.text, *span)
    return _edited(given.text, [edit], 0.0, MINOR)


def _function_word_changed(given: Given, rng: random.Random) -> Outcome:
    """Put another small word in the place of one."""
    there = Given(given.other, given.language, "")
    found = _function_words(given)
    offered = sorted({there.text[slice(*span)].lower() for span in _function_words(there)})
    if not found or not offered:
        return None
    span = rng.choice(found)
    offered = [word for word in offered if word != given.text[slice(*span)].lower()]
    return _edited(given.text, [Edit(*span, rng.choice(offered), "minor")], 0.5, MINOR) if offered else None


def _word_ending(given: Given, rng: random.Random) -> Outcome:
    """Cut the ending of a word, or give it the ending of another."""
    strong = NEGATION[given.language].strong if given.language in NEGATION else None
    found = [i for i in range(len(given.words)) if _is_inflected(given.word(i))]
    found = [i for i in found if not (strong and strong.search(given.word(i).lower()))]  # no negation is lost with it
    if not found:
        return None
    chosen = rng.choice(found)
    letters = clusters(given.word(chosen))
    ending = clusters(given.word(rng.choice(found)))[-2:] if rng.random() < 0.4 else []
    new = "".join(letters[: -rng.choice((1, 2, 2, 3))] + ending)
    return _edited(given.text, [Edit(*given.words[chosen], new, "minor")], 0.0, MINOR)


def _is_inflected(word: str) -> bool:
    caseless = word.lower() == word.upper() and not is_unspaced(word[0])
    return len(word) > 4 and len(clusters(word)) > 3 and (word.islower() or caseless) and not set("'’.-") & set(word)


def _merged(given: Given, rng: random.Random) -> Outcome:
    """Take the space between two words, or put one into a word."""
    gaps = [
        i for i in range(len(given.words) - 1) if given.text[slice(given.words[i][1], given.words[i + 1][0])] == " "
    ]
    long = [i for i in range(len(given.words)) if len(clusters(given.word(i))) > 5]
    if gaps and (rng.random() < 0.6 or not long):
        first = rng.choice(gaps)
        start, end = given.words[first][0], given.words[first + 1][1]
        return _edited(given.text, [Edit(start, end, given.word(first) + given.word(first + 1), "minor")], 0.0, MINOR)
    if not long:
        return None
    chosen = rng.choice(long)
    letters = clusters(given.word(chosen))
    half = rng.randint(2, len(letters) - 2)
    new = "".join(letters[:half]) + " " + "".join(letters[half:])
    return _edited(given.text, [Edit(*given.words[chosen], new, "minor")], 0.0, MINOR)


_SPACED_OFF = re.compile(r"(?<=\w)(?=[.,;:](?!\d)|[!?()\"“”«»]|['’]\w{1,3}\b)|(?<=[(\"“„«])(?=\w)")


def _spacing(given: Given, rng: random.Random) -> Outcome:
    """Write punctuation with spaces around it, as tokenisers leave it."""
    found = [match.start() for match in _SPACED_OFF.finditer(given.text)]
    return _edited(given.text, [Edit(place, place, " ") for place in found], 0.0, MINOR) if found else None


def _mark_added(given: Given, rng: random.Random) -> Outcome:
    """Put a comma, a stop or another mark where none belongs."""
    if len(given.words) < 3:
        return None
    place = given.words[rng.randrange(len(given.words) - 1)][1]
    marks = {"zh": "，。；：！？", "ja": "、。！？"}.get(given.language, ",.;:!?")
    return _edited(given.text, [Edit(place, place, rng.choice(marks), "minor")], 0.0, 0.3)


# Odd but harmless: what a reader would hardly notice.
_STRAIGHT = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "‚": "'"})
_FULL_WIDTH = str.maketrans(",.;:!?()", "，．；：！？（）")
_HALF_WIDTH = str.maketrans("，。；：！？（）", ",.;:!?()")


def _odd(text: str, way: str) -> str:
    """Return a text with one oddity of punctuation; unchanged where it does not apply."""
    changes: dict[str, Callable[[], str]] = {
        "straight": lambda: text.translate(_STRAIGHT),
        "curly": lambda: re.sub(r"\"([^\"]{1,200})\"", r"“\1”", text).replace("'", "’"),
        "final": lambda: text.rstrip().rstrip(".。।"),
        "dash": lambda: re.sub(r"(?<=\w)[-–—](?=\w)", " – ", text) if "-" not in text else re.sub(r" - ", "—", text),
        "doubled space": lambda: text.replace(" ", "  ", 1),
        "width": lambda: (
            text.translate(_FULL_WIDTH) if not any(map(is_unspaced, text)) else text.translate(_HALF_WIDTH)
        ),
        "ellipsis": lambda: text.rstrip(".。") + "…" if text.endswith((".", "。")) else text,
        "no comma": lambda: re.sub(r"[,、，](?=\s?\w)", "", text, count=1),
        "no-break": lambda: text.replace(" ", "\u00a0", 2),
    }
    return changes[way]()


_ODD_WAYS = ("straight", "curly", "final", "dash", "doubled space", "width", "ellipsis", "no comma", "no-break")


def _punctuation_odd(given: Given, rng: random.Random) -> Outcome:
    """Change one or two matters of punctuation that no reader minds."""
    ways = [way for way in rng.sample(_ODD_WAYS, len(_ODD_WAYS)) if _odd(given.text, way) != given.text]
    text = given.text
    for way in ways[: rng.choice((1, 2))]:
        text = _odd(text, way)
    return text, 0.0, 0.1, ()


_PLANTERS: dict[str, Planter] = {
    "unrelated": _unrelated,
    "extra_sentence": _extra_sentence,
    "doubled": _doubled,
    "repeated_words": _repeated_words,
    "truncated": _truncated,
    "half_omitted": _half_omitted,
    "word_dropped": _word_dropped,
    "word_replaced": _word_replaced,
    "words_shuffled": _words_shuffled,
    "word_swapped": _word_swapped,
    "number_changed": _number_changed,
    "name_swapped": _name_swapped,
    "negation": _negation,
    "gibberish": _gibberish,
    "typo": _typo,
    "case": _case,
    "function_word_dropped": _function_word_dropped,
    "function_word_changed": _function_word_changed,
    "word_ending": _word_ending,
    "merged": _merged,
    "spacing": _spacing,
    "mark_added": _mark_added,
    "punctuation_odd": _punctuation_odd,
}
KINDS = tuple(_PLANTERS)
