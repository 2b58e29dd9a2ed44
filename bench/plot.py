"""A plot of measured times as SVG: how many of the shapes take at most so long, a line for each series."""

from collections.abc import Mapping, Sequence
from math import log10
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 720, 400
LEFT, RIGHT, TOP, BOTTOM = 60, 20, 40, 60
"""Margins, with the labels of the axes."""
COLOURS = ("#1f77b4", "#d62728", "#7f7f7f", "#2ca02c")
POINTS = 200
"""Of each line."""
LEAST, MOST = 0.1, 100
"""Milliseconds at the ends of the axis; shorter and longer times lie on them."""


def plot(title: str, series: Mapping[str, Sequence[float]]) -> str:
    """The SVG: milliseconds on a logarithmic axis, and the share of the times that are no longer, in percent."""
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"',
        ' font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<text x="{LEFT}" y="22" font-size="15">{escape(title)}</text>',
    ]
    for milliseconds in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100):
        x = _x(milliseconds)
        lines += [
            f'<path d="M{x:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#ddd"/>',
            f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{milliseconds:g}</text>',
        ]
    for share in range(0, 101, 20):
        y = _y(share / 100)
        lines += [
            f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>',
            f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{share} %</text>',
        ]
    middle = (LEFT + WIDTH - RIGHT) / 2
    lines.append(f'<text x="{middle}" y="{HEIGHT - 24}" text-anchor="middle">ms of PostgreSQL’s CPU</text>')
    for place, ((name, times), colour) in enumerate(zip(series.items(), COLOURS, strict=False)):
        ordered = sorted(times)
        last = len(ordered) - 1
        shares = [step / POINTS for step in range(POINTS + 1)]
        points = " ".join(f"{_x(ordered[round(share * last)]):.1f},{_y(share):.1f}" for share in shares)
        x = LEFT + 170 * place
        lines += [
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>',
            f'<path d="M{x} {HEIGHT - 10}h18" stroke="{colour}" stroke-width="3"/>',
            f'<text x="{x + 24}" y="{HEIGHT - 6}">{escape(name)}</text>',
        ]
    return "\n".join([*lines, "</svg>", ""])


def _x(milliseconds: float) -> float:
    part = log10(min(max(milliseconds, LEAST), MOST) / LEAST) / log10(MOST / LEAST)
    return LEFT + part * (WIDTH - LEFT - RIGHT)


def _y(share: float) -> float:
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)
