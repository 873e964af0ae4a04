"""Plots as SVG for pages that must open offline and print: bars, and lines over few points."""

from collections.abc import Mapping, Sequence
from html import escape

INK, MAIN, OTHER, GRID = "#222", "#1f5fa8", "#c2570c", "#ddd"
ROW, NAME, BAR = 22, 250, 380


def bars(values: Mapping[str, float], notes: Mapping[str, str] | None = None) -> str:
    """Horizontal bars of shares (0-1), one a name, in the order given; ``notes`` stand behind the bars."""
    lines = []
    for i, (name, value) in enumerate(values.items()):
        y = i * ROW
        note = escape((notes or {}).get(name, ""))
        lines += [
            f'<text x="{NAME - 8}" y="{y + 15}" text-anchor="end">{escape(name)}</text>',
            f'<rect x="{NAME}" y="{y + 3}" width="{BAR}" height="15" fill="#f1f1f1"/>',
            f'<rect x="{NAME}" y="{y + 3}" width="{BAR * value:.1f}" height="15" fill="{MAIN}"/>',
            f'<text x="{NAME + BAR + 8}" y="{y + 15}">{value:.0%} {note}</text>'.replace(".", ","),
        ]
    return _svg(NAME + BAR + 160, len(values) * ROW + 4, lines)


def lines(
    series: Mapping[str, Sequence[float]], labels: Sequence[str], title: str, diagonal: Sequence[float] | None = None
) -> str:
    """Lines of shares (0-1) over the same ``labels``; ``diagonal`` is drawn thin: where the line should be."""
    width, height, left, top = 560, 200, 48, 14
    step = (width - left - 20) / max(len(labels) - 1, 1)

    def place(values: Sequence[float]) -> str:
        return " ".join(f"{left + i * step:.1f},{top + height * (1 - value):.1f}" for i, value in enumerate(values))

    drawn = []
    for tick in (0, 0.25, 0.5, 0.75, 1):
        y = top + height * (1 - tick)
        drawn.append(f'<line x1="{left}" x2="{width - 20}" y1="{y}" y2="{y}" stroke="{GRID}"/>')
        drawn.append(f'<text x="{left - 6}" y="{y + 4}" text-anchor="end">{tick:.0%}</text>')
    every = -(-len(labels) // 8)
    for i, label in list(enumerate(labels))[::every]:
        x = left + i * step
        drawn.append(f'<text x="{x:.1f}" y="{top + height + 18}" text-anchor="middle">{escape(label)}</text>')
    if diagonal:
        drawn.append(f'<polyline points="{place(diagonal)}" fill="none" stroke="#999" stroke-dasharray="4 4"/>')
    for i, (name, values) in enumerate(series.items()):
        color = (MAIN, OTHER, "#3a7d44", "#7a4fa3")[i % 4]
        drawn.append(f'<polyline points="{place(values)}" fill="none" stroke="{color}" stroke-width="2.5"/>')
        drawn.append(f'<rect x="{left + 170 * i}" y="{top + height + 48}" width="12" height="12" fill="{color}"/>')
        drawn.append(f'<text x="{left + 170 * i + 18}" y="{top + height + 59}">{escape(name)}</text>')
    middle = left + (width - left - 20) / 2
    drawn.append(f'<text x="{middle}" y="{top + height + 38}" text-anchor="middle" fill="#555">{escape(title)}</text>')
    return _svg(width, top + height + 66, drawn)


def _svg(width: float, height: float, content: Sequence[str]) -> str:
    style = f'font-family="sans-serif" font-size="13" fill="{INK}"'
    return f'<svg viewBox="0 0 {width} {height}" width="{width}" role="img" {style}>{"".join(content)}</svg>'
