"""A hypothesis that breaks off: its end is no end, and the original's is.

Three signs, each beside an original that closes its sentence: the text ends without a mark and is much shorter than
expected; it ends in a word that must be followed by another (`of the`); it ends in a comma, a hyphen or an open
bracket and is shorter than expected. A final period that is merely missing is the check `punctuation`'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scorer.checks import register
from scorer.checks.expected_length import deviation, weighted
from scorer.checks.writing import ending, original_text, shown, words
from scorer.types import Finding, Segment, Span, found

_CLOSED = ("stop", "question", "exclamation", "ellipsis")
_LAST_WORD = re.compile(r"([^\W\d_]+(?:['’][^\W\d_]*)?)\s*\Z")
# In spreads, see expected_length.deviation: `x` is shorter than 97 in 100 human translations, about.
_SHORT, _SHORTISH = -0.62, -0.3
_LONG_ENOUGH = 30.0  # weighted characters, five or six words: the length of shorter originals says too little

# Words that cannot end a sentence; verbs' particles (`in`, `on`, `an`, `auf`) can, and are left out where they do.
_DANGLING: dict[str, frozenset[str]] = {
    language: words(listed)
    for language, listed in {
        "en": "the a an and or nor of my your our their its his whose which because although than into from with at if "
        "while whereas as is are was were be been has have had will would should could can may might must very also "
        "that to for by but between among during via per every",
        "de": "der die das dem den des ein eine einen einem einer eines und oder dass weil obwohl als wenn mit von für "
        "durch bei seit gegen ohne zwischen im am zum zur vom beim ihre seine unsere sehr sowie",
        "fr": "le la les un une des du de d' l' et ou mais que qui car parce à au aux en dans par pour avec sans chez "
        "entre ce cet cette ces mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs qu' très",
        "es": "el la los las un una unos unas de del y o pero que porque a al en con sin por para entre su sus mi mis "
        "nuestro nuestra muy cuyo",
        "pt": "o a os as um uma de do da dos das e ou mas que porque ao à em no na nos nas com sem por para seu sua",
        "it": "il lo la i gli le un uno una di del della dei delle degli e o ma che perché a al alla in nel nella con "
        "senza per tra fra da dal dalla l' un' molto",
        "nl": "de het een en of maar dat omdat met voor zonder tussen bij zijn haar onze als zeer",
        "ru": "и а но или что чтобы если потому в во на с со к ко от до из по для без при о об у за над под между как",
        "uk": "і й та а але або що щоб якщо в у на з із до від для без при про за над під між як",
        "pl": "i a ale lub albo że żeby jeśli w we na z ze do od dla bez przy o po za nad pod między jak",
        "cs": "a i ale nebo že aby jestli v ve na s se z ze do od pro bez při o po za nad pod mezi jako k ke",
        "hi": "और या कि लेकिन जो जब अगर",
    }.items()
}
# Where a title may lack its mark as its original does, only these words tell.
_NEVER_LAST = words("the a an and or nor der und oder le les une et el los las y il gli di и или")


@register("truncation")
def truncation(segment: Segment) -> Iterator[Finding]:
    """Yield one finding where the hypothesis breaks off."""
    original, hypothesis = original_text(segment), segment.hypothesis
    if not original.strip() or not hypothesis.strip():
        return
    end = ending(hypothesis, segment.languages.hypothesis)
    closed = ending(original, segment.languages.source).kind in _CLOSED
    if end.kind in (*_CLOSED, "colon"):
        return
    sign = _sign(segment, end.kind, end.span, closed=closed)
    if sign:
        message, span = sign
        yield found(segment, "truncation", "major", "adequacy", message, hypothesis=span)


def _sign(segment: Segment, kind: str | None, span: Span, *, closed: bool) -> tuple[str, Span] | None:
    """Return what shows that the text breaks off, and where."""
    text = segment.hypothesis
    if kind is None:
        word = _LAST_WORD.search(text, max(0, span[1] - 40), span[1])
        if word and _dangles(word[1], segment.languages.hypothesis, original_text(segment), closed=closed):
            return f"the text breaks off after {shown(word[1])}", word.span(1)
    if not closed:
        return None
    off = deviation(segment)
    short = off[1] if off else 0.0
    if kind in ("comma", "dash") or text[span[0] : span[1]] in ("(", "[", "（", "„", "«", "“"):
        # A comma inside the closing quotation mark is followed by the speaker, perhaps in the next segment.
        last = not text[span[1] :].strip()
        return (
            (f"the text breaks off at {shown(text[span[0] : span[1]])}", span) if last and short < _SHORTISH else None
        )
    if short < _SHORT and weighted(original_text(segment))[0] >= _LONG_ENOUGH:
        return "the text stops without an end, far shorter than expected", span
    return None


def _dangles(word: str, language: str | None, original: str, *, closed: bool) -> bool:
    """Return whether a last word must be followed by another."""
    lower = word.casefold().replace("’", "'")
    if (word.isupper() and len(word) > 1) or word in original.split()[-3:]:
        return False  # an acronym or a name; or the original ends so
    if not closed:
        return (
            bool(language)
            and lower in _NEVER_LAST
            and lower in _DANGLING.get(language or "", ())
            and len(original) > 20
        )
    return lower in _DANGLING.get(language or "", ())
