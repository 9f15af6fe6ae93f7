"""Every exception that the package raises on purpose.

ScorerError
├── InputError          a file, a row or a text that cannot be used
│   ├── PairingError    texts that do not fit together
│   └── VacuousInput    texts that a gate must not pass, since there is nothing true to judge
├── UsageError          an option, a setting or a name that does not exist
├── ModelError          weights that are missing, damaged or of another kind
└── MissingExtra        an optional dependency that is not installed

A message says what is wrong, where, and what to do.
"""


class ScorerError(Exception):
    """The root: a user's mistake or an environment's, never a bug of ours."""


class InputError(ScorerError):
    """A file, a row or a text cannot be used."""


class PairingError(InputError):
    """Texts do not fit together."""


class VacuousInput(InputError):  # noqa: N818 - says what it is
    """Texts that a gate must not pass: none, blank, the same twice, or the source in place of its translation."""


class UsageError(ScorerError):
    """An option, a setting or a name does not exist or has an impossible value."""


class ModelError(ScorerError):
    """Weights are missing, damaged or of another kind."""


class MissingExtra(ScorerError):  # noqa: N818 - says what is missing
    """An optional dependency is not installed."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f"{what} needs an extra: pip install 'mt-scorer[{extra}]'")
