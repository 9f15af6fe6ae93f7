"""The report's three charts as a PNG image; needs the extra `plots`."""

from __future__ import annotations

from scorer import reporters
from scorer.report import Report
from scorer.reporters import svg

ZOOM = 2.0  # sharp on a display of high density, and on paper


@reporters.register("png", ".png", needs=("resvg_py", "a PNG image", "plots"))
def render(report: Report) -> bytes:
    """Return the image.

    Raises:
        MissingExtra: The package that draws it is not installed.
    """
    reporters.refuse_unless_installed("png")
    import resvg_py

    return bytes(resvg_py.svg_to_bytes(svg_string=svg.render(report), zoom=ZOOM))
