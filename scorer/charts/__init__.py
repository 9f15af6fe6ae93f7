"""Charts of segment scores as SVG, written by hand: values in, markup out, the same bytes for the same values.

Every chart has a bounded number of elements, however many segments there are: 20 bars, at most 120 places along a text,
at most 625 dots, strips for at most 12 systems. Colours are classes, so that a page can have a light and a dark look;
`sheet` brings colours of its own, for a file. What stands for segments links to `#FILTER`, which a page obeys.
"""
