"""Adequacy and fluency of a translation, with the places that cost points.

>>> from scorer import compare, score
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from scorer.api import compare
    from scorer.plan import Settings
    from scorer.report import Report
    from scorer.systems import score
    from scorer.types import Languages

__all__ = ["Languages", "Report", "Settings", "__version__", "compare", "score"]

_HOMES = {"compare": "api", "score": "systems", "Settings": "plan", "Report": "report", "Languages": "types"}


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for: `scorer --help` must not wait for numpy."""
    if name in _HOMES:
        import importlib

        return getattr(importlib.import_module(f"scorer.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'scorer' has no attribute {name!r}")
