"""The report's three charts as a PNG image; needs the extra `plots`."""

from __future__ import annotations

from scorer import reporters
from scorer.errors import MissingExtra
from scorer.report import Report
from scorer.reporters import svg

ZOOM = 2.0  # sharp on a display of high density, and on paper


@reporters.register("png", ".png")
def render(report: Report) -> bytes:
    """Return the image.

    Raises:
        MissingExtra: The package that draws it is not installed.
    """
    try:
        import resvg_py
    except ModuleNotFoundError as error:
        raise MissingExtra("a PNG image", "plots") from error
    return bytes(resvg_py.svg_to_bytes(svg_string=svg.render(report), zoom=ZOOM))
