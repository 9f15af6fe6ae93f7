"""Texts to the numbers of their tokens, without special tokens: `tokenizer.json` or a SentencePiece model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from scorer.encoders import readable
from scorer.errors import MissingExtra, ModelError
from scorer.printable import printable

FAST = "tokenizer.json"
# fairseq, from which XLM-R comes, numbers four special tokens of its own before the pieces, and drops SentencePiece's.
FAIRSEQ = "sentencepiece.bpe.model"
FILES = (FAST, FAIRSEQ, "spiece.model", "spm.model", "sent_piece.model")
_FAIRSEQ_SPECIAL = {"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3}


class Pieces(Protocol):
    """A tokenizer."""

    @property
    def path(self) -> Path:
        """Return the file that it was made from."""
        ...

    def encode(self, texts: Sequence[str]) -> list[tuple[int, ...]]:
        """Return each text's tokens; a blank text has none."""
        ...

    def number(self, token: str) -> int:
        """Return a special token's number.

        Raises:
            ModelError: There is no such token.
        """
        ...


@dataclass(frozen=True)
class FastPieces:
    """A tokenizer of the library `tokenizers`."""

    path: Path
    tokenizer: Any

    def encode(self, texts: Sequence[str]) -> list[tuple[int, ...]]:
        """Return each text's tokens."""
        encodings = self.tokenizer.encode_batch([readable(text) for text in texts], add_special_tokens=False)
        return [tuple(encoding.ids) for encoding in encodings]

    def number(self, token: str) -> int:
        """Return a special token's number."""
        number: int | None = self.tokenizer.token_to_id(token)
        if number is None:
            raise ModelError(_lacks(self.path, token))
        return number


@dataclass(frozen=True)
class SentencePieces:
    """A SentencePiece model, numbered as it is or as fairseq does."""

    path: Path
    model: Any

    def encode(self, texts: Sequence[str]) -> list[tuple[int, ...]]:
        """Return each text's tokens."""
        rows = self.model.encode([readable(text) for text in texts])
        return [tuple(self._renumber(piece) for piece in row) for row in rows]

    def number(self, token: str) -> int:
        """Return a special token's number."""
        if self.path.name == FAIRSEQ and token in _FAIRSEQ_SPECIAL:
            return _FAIRSEQ_SPECIAL[token]
        number: int = self.model.piece_to_id(token)
        if number == self.model.unk_id():
            raise ModelError(_lacks(self.path, token))
        return self._renumber(number)

    def _renumber(self, piece: int) -> int:
        if self.path.name != FAIRSEQ:
            return piece
        return piece + 1 if piece != self.model.unk_id() else _FAIRSEQ_SPECIAL["<unk>"]


def has_tokenizer(place: Path) -> bool:
    """Return whether a folder holds a tokenizer that `load` understands."""
    return any((place / name).is_file() for name in FILES)


def load(place: Path) -> Pieces:
    """Return the tokenizer of a folder.

    Raises:
        ModelError: There is none, or it is damaged.
        MissingExtra: It needs SentencePiece, which is not installed.
    """
    path = next((place / name for name in FILES if (place / name).is_file()), None)
    if path is None:
        raise ModelError(f"{printable(str(place))} holds no tokenizer; expected one of {', '.join(FILES)}")
    try:
        return _fast(path) if path.name == FAST else _sentencepiece(path)
    except (MissingExtra, ModelError):
        raise
    except Exception as error:  # both libraries raise bare exceptions
        raise ModelError(f"{printable(str(path))} is no tokenizer: {printable(str(error), 200)}") from error


def _fast(path: Path) -> FastPieces:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return FastPieces(path, tokenizer)


def _sentencepiece(path: Path) -> SentencePieces:
    try:
        from sentencepiece import SentencePieceProcessor
    except ImportError as error:
        raise MissingExtra(f"the tokenizer {path.name}", "metricx") from error
    return SentencePieces(path, SentencePieceProcessor(model_file=str(path)))


def _lacks(path: Path, token: str) -> str:
    return f"{printable(str(path))} has no token {token}; is it the tokenizer of another model?"
