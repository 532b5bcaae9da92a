"""The frame of the report: HTML and its style sheet, with nothing to load."""

from __future__ import annotations

import html

STYLE = """
:root { color-scheme: light dark; --ink: #1d2430; --soft: #5a6475; --back: #fbfbfa; --card: #fff; --edge: #dfe3e8;
  --cell: #eceff3; --good: #2c6fbb; --bad: #c2542d; }
@media (prefers-color-scheme: dark) { :root { --ink: #e9ecf1; --soft: #a5afbf; --back: #14181f; --card: #1c222b;
  --edge: #313a47; --cell: #2a323e; --good: #6aa9ee; --bad: #ef8a61; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 720px; margin: 0 auto; padding: 16px; }
h1 { font-size: 1.45rem; line-height: 1.25; margin: 8px 0 16px; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 0 0 10px; } h3 { font-size: .95rem; color: var(--soft); margin: 12px 0 6px; }
section { background: var(--card); border: 1px solid var(--edge); border-radius: 10px; padding: 16px; margin: 14px 0; }
p { margin: 10px 0 0; color: var(--soft); font-size: .92rem; } ul { margin: 0; padding-left: 1.2em; }
li { margin: 4px 0; overflow-wrap: anywhere; }
svg { display: block; width: 100%; height: auto; max-width: 440px; }
svg text { font-size: 12px; fill: var(--ink); } svg .small { font-size: 11.5px; fill: var(--soft); }
svg .cell { fill: var(--cell); } svg .right, svg .bar { fill: var(--good); } svg .wrong { fill: var(--bad); }
svg text.on-dark { fill: var(--card); font-weight: 600; }
svg .grid { stroke: var(--edge); } svg .mark { stroke: var(--soft); stroke-dasharray: 4 4; }
svg .curve { fill: none; stroke: var(--good); stroke-width: 2.5; } svg .dot { fill: var(--good); fill-opacity: .55; }
svg .belief { fill: none; stroke: var(--ink); stroke-width: 1.4; }
svg .line { fill: none; stroke: var(--ink); stroke-width: 1.1; stroke-linejoin: round; }
svg .hand { stroke: var(--good); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(140px, 1fr)); gap: 10px; }
.tile { background: var(--card); border: 1px solid var(--edge); border-radius: 10px; padding: 12px; }
.tile b { display: block; font-size: 1.7rem; line-height: 1.1; } .tile span { display: block; font-size: .95rem; }
.tile small { color: var(--soft); }
.faces { display: grid; grid-template-columns: repeat(auto-fill, minmax(140px, 1fr)); gap: 10px; }
figure { margin: 0; border: 1px solid var(--edge); border-radius: 8px; padding: 6px; }
figcaption { font-size: .85rem; text-align: center; color: var(--soft); overflow-wrap: anywhere; }
figcaption b { color: var(--ink); }
table { width: 100%; border-collapse: collapse; font-size: .88rem; table-layout: fixed; }
th, td { text-align: left; padding: 4px 6px 4px 0; vertical-align: top; overflow-wrap: anywhere; }
th { color: var(--soft); font-weight: 500; } details { margin-top: 10px; } summary { cursor: pointer; }
"""


def page(title: str, parts: list[str]) -> str:
    """A whole page. `parts` are HTML, the title is text."""
    text = html.escape(title)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{text}</title><link rel="icon" href="data:,"><style>{STYLE}</style></head>'
        f"<body><main><h1>{text}</h1>\n{chr(10).join(parts)}\n</main></body></html>\n"
    )


def section(title: str, body: str) -> str:
    """A titled part; the body is HTML."""
    return f"<section><h2>{html.escape(title)}</h2>{body}</section>"
