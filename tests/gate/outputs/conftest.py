"""Fixtures for the outputs' tests: the verdicts by name, made once."""

from __future__ import annotations

import pytest
import verdicts

from scorer.gate import outputs


@pytest.fixture(scope="session")
def judged():
    """Verdicts by name."""
    return {name: make() for name, make in verdicts.VERDICTS.items()}


@pytest.fixture(scope="session")
def rendered(judged):
    """Return what an output makes of a verdict, by their names; made once."""
    pages: dict[tuple[str, str], str] = {}

    def page(output, verdict):
        if (output, verdict) not in pages:
            pages[output, verdict] = outputs.registry.factory(output)(judged[verdict])
        return pages[output, verdict]

    return page
