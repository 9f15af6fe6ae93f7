"""Small words that name a language at once: frequent in it, and not words of the languages near it.

Left out on purpose: "die" (also Afrikaans), "das" (Portuguese), "des" (French and German), "que" (four languages), "do"
(Galician), "van" and "het" (Afrikaans), "на" and "не" (Bulgarian).
"""

from __future__ import annotations

_WORDS = {
    "en": "the of and that with this from are have by which their has been were would there who they his not its",
    "de": "der und von zu mit sich für auf eine ist dem dass nicht auch werden wurde einen einer aus nach bei oder zum"
    " zur sind wird durch über noch",
    "fr": "les dans pour une est qui sur pas avec cette aux ont été ses nous vous mais sont leur elle ce être fait",
    "es": "los las el y para con más pero sus fue también hasta según muy cuando del entre son está hay sobre",
    "it": "di che il della sono è nel alla gli dei più anche questo dal delle degli nella per non al",
    "pt": "não uma em com são também pela pelo à às mas isso muito foi ao você seus tem até",
    "nl": "een niet zijn voor naar bij hij deze wordt worden werd heeft hebben ze zich door haar kunnen onder",
    "ru": "что это его для он они из к был была были также который которые чтобы только было мы её ещё уже если",
}

LANGUAGE_OF: dict[str, str] = {word: language for language, words in _WORDS.items() for word in words.split()}
