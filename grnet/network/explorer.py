"""The network as one page that opens offline in any browser: `network.html`.

The page is put together from three files in `page/` (structure, looks, drawing), plotly.js, and the network as JSON.
Everything is inside the file, and its content security policy forbids the browser to fetch anything. The drawing reads
the JSON alone, so what is shown can be filtered there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from grnet.network.graph import end_points, shorten
from grnet.network.layout import lay_out
from grnet.network.summary import find_hubs
from grnet.network.wording import (
    NO_VALUE,
    describe_settings,
    explain_probability,
    state_expectation,
    state_probability,
    state_range,
)
from grnet.schema.storage import replace_file
from grnet.schema.tables import (
    COMMUNITY,
    CORRELATION,
    ID,
    IN_DEGREE,
    IS_TF,
    KNOWN,
    N_IMAGES,
    OUT_DEGREE,
    PROBABILITY,
    RANK,
    SEED_SPREAD,
    SIGN,
    SPREAD,
    SYMBOL,
    TARGET,
    TF,
)

TABLE_ROWS = 100
HUB_LABELS = 12
CROWDED = 1200  # from so many edges dashes and large arrowheads would hide the network
_KINDS = ("novel", "known", "all")


def write_page(
    path: Path,
    edges: pd.DataFrame,
    nodes: pd.DataFrame,
    summary: Mapping[str, Any],
    *,
    seed: int,
    max_edges: int = 3000,
) -> None:
    """Write the explorer page, atomically.

    Parameters
    ----------
    path : Path
        The HTML file.
    edges, nodes : DataFrame
        Columns of `EDGES` (best first) and `NODES`.
    summary : mapping
        From :func:`grnet.network.summary.summarise`; the figures at the head of the page.
    seed : int
        Of the layout.
    max_edges : int
        Draw at most so many edges, the strongest; the page says so where there are more.
    """
    from plotly.offline import get_plotlyjs

    shown = edges.head(max_edges).reset_index(drop=True)
    linked = nodes[SYMBOL].isin({*shown[TF], *shown[TARGET]})
    drawn = nodes[linked].reset_index(drop=True)
    data = describe_network(shown, drawn, lay_out(shown, drawn, seed=seed))
    name = str(summary.get("name") or "")
    rows, kinds = choose_rows(edges)
    fields = {
        "title": escape(f"{name}: gene regulatory network" if name else "Gene regulatory network"),
        "version": escape(str(summary.get("versions", {}).get("grnet", ""))),
        "style": _page_file("explorer.css"),
        "figures": _figures(summary),
        "notice": _notice(len(shown), len(edges), len(drawn), len(nodes)),
        "lines": _explain_lines(crowded=len(shown) > CROWDED),
        "table": _edge_rows(rows, kinds[0] if kinds else "all"),
        "table_title": _table_title(rows, kinds[0] if kinds else "all"),
        "kinds": _kind_choice(rows, kinds),
        "probability": escape(explain_probability(summary)),
        "settings": _settings(summary),
        "data": as_script_json(data),
        "plotly": get_plotlyjs(),
        "script": _page_file("explorer.js"),
    }
    with replace_file(path) as temporary:
        temporary.write_text(fill_template(_page_file("explorer.html"), fields), encoding="utf-8", newline="\n")


def describe_network(edges: pd.DataFrame, nodes: pd.DataFrame, points: npt.NDArray[np.float64]) -> dict[str, Any]:
    """Return what the drawing needs, as columns of JSON values.

    Parameters
    ----------
    edges, nodes : DataFrame
        What is drawn.
    points : float64 array [N, 2]

    Returns
    -------
    dict
        `nodes` and `edges`: column → list, where the edges name their ends by row in `nodes` (`tf`, `target`);
        `communities`: number, genes, and the circle around them; `labels`: rows of the hubs, the largest first;
        `crowded`: whether novel edges are pale rather than dashed.
    """
    source, target = end_points(edges, nodes)
    node_columns = (SYMBOL, ID, IS_TF, N_IMAGES, IN_DEGREE, OUT_DEGREE, COMMUNITY)
    row_of = {symbol: row for row, symbol in enumerate(nodes[SYMBOL])}
    some = {
        name: [value if value == value else None for value in shorten(edges[name])]
        for name in (SPREAD, SEED_SPREAD, CORRELATION)
    }
    return {
        "nodes": {
            **{name: nodes[name].tolist() for name in node_columns},
            "x": np.round(points[:, 0], 3).tolist(),
            "y": np.round(points[:, 1], 3).tolist(),
        },
        "edges": {
            TF: source.tolist(),
            TARGET: target.tolist(),
            PROBABILITY: shorten(edges[PROBABILITY]),
            **some,
            RANK: edges[RANK].tolist(),
            SIGN: edges[SIGN].tolist(),
            KNOWN: edges[KNOWN].tolist(),
        },
        "communities": _circles(nodes[COMMUNITY].to_numpy(np.int64), points),
        "crowded": len(edges) > CROWDED,
        "labels": [row_of[symbol] for symbol in find_hubs(nodes, HUB_LABELS)[SYMBOL]],
    }


def choose_rows(edges: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the edges of the table, best first, and the kinds of edges it can show, the first at the start.

    The rows are the strongest novel and the strongest known edges, `TABLE_ROWS` of each at most: the strongest of all
    are among them. Where all edges are of one kind there is nothing to choose, and the kinds are empty.
    """
    best = edges.reset_index(drop=True)
    strongest = [best[best[KNOWN] == known].head(TABLE_ROWS) for known in (False, True)]
    rows = pd.concat(strongest).sort_index().reset_index(drop=True)
    return rows, _KINDS if all(len(part) for part in strongest) else ()


def as_script_json(value: Any) -> str:
    r"""Return JSON that is safe inside a script element: `<`, `>` and `&` are written as `\u003c` and so on."""
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def fill_template(template: str, fields: Mapping[str, str]) -> str:
    """Replace each `{{name}}` by its field in one pass, so that a field's own braces stay as they are."""
    return re.sub(r"\{\{(\w+)\}\}", lambda found: fields[found.group(1)], template)


def _page_file(name: str) -> str:
    return (files("grnet.network") / "page" / name).read_text(encoding="utf-8")


def _circles(community: npt.NDArray[np.int64], points: npt.NDArray[np.float64]) -> list[dict[str, Any]]:
    """Return for each community its number, count of genes, and the circle that holds them."""
    circles = []
    for number in np.unique(community):
        inside = points[community == number]
        centre = (inside.max(axis=0) + inside.min(axis=0)) / 2
        radius = float(np.linalg.norm(inside - centre, axis=1).max()) + 0.8
        x, y, radius = (round(float(value), 3) for value in (*centre, radius))
        circles.append({"community": int(number), "genes": len(inside), "x": x, "y": y, "radius": radius})
    return circles


def _figures(summary: Mapping[str, Any]) -> str:
    """Return the figures at the head of the page as HTML list items."""
    figures = (
        (f"{summary['tfs']:,}", "transcription factors"),
        (f"{summary['targets']:,}", "targets"),
        (f"{summary['edges']:,}", f"edges, of {summary['candidates']:,} candidates"),
        (f"{summary['known']:,}", "known edges"),
        (f"{summary['novel']:,}", "novel edges"),
        (f"{len(summary['communities']):,}", "communities"),
        (state_range(summary["probability"]["lowest"], summary["probability"]["highest"]), "probability"),
        *state_expectation(summary),
    )
    return "\n".join(f"<li><b>{escape(value)}</b><span>{escape(name)}</span></li>" for value, name in figures)


def _notice(shown: int, edges: int, drawn: int, nodes: int) -> str:
    """Return a paragraph where not everything is drawn or nothing is there, else ""."""
    if edges == 0:
        return (
            '<p class="notice">No candidate passed the limits. Lower the probability or the expected precision, or ask '
            "for the top N.</p>"
        )
    if shown == edges:
        return ""
    return (
        f'<p class="notice">Drawn are the {shown:,} strongest of {edges:,} edges, with {drawn:,} of {nodes:,} genes. '
        "All of them are in <code>edges.parquet</code> and <code>network.graphml</code>.</p>"
    )


def _explain_lines(*, crowded: bool) -> str:
    """Say what discs and lines mean in the drawing."""
    known = (
        "At the same probability known edges are strong and novel ones pale."
        if crowded
        else ("Known edges are solid, novel ones dashed.")
    )
    return f"Discs are communities. A wider, stronger line is a more probable edge. {known}"


def _is_in(position: int, known: bool, kind: str) -> bool:
    """Whether the row at `position` is among the strongest edges of `kind`."""
    return position < TABLE_ROWS if kind == "all" else known == (kind == "known")


def _table_title(rows: pd.DataFrame, kind: str) -> str:
    count = sum(_is_in(position, known, kind) for position, known in enumerate(rows[KNOWN]))
    if not count:
        return "No edges"
    return f"The {count} strongest {'' if kind == 'all' else kind + ' '}edge{'s' if count > 1 else ''}"


def _kind_choice(rows: pd.DataFrame, kinds: tuple[str, ...]) -> str:
    """Return the choice among novel, known and all edges as HTML, "" where there is nothing to choose."""
    if not kinds:
        return ""
    options = "\n".join(
        f'<label><input type="radio" name="kind" value="{kind}" data-title="{_table_title(rows, kind)}"'
        f"{' checked' if kind == kinds[0] else ''}> {kind}</label>"
        for kind in kinds
    )
    return f'<fieldset id="kinds"><legend>Edges to list</legend>\n{options}\n</fieldset>'


def _edge_rows(edges: pd.DataFrame, kind: str) -> str:
    """Return the rows of the table of edges as HTML; those that are not of `kind` are hidden."""
    columns = (shorten(edges[PROBABILITY]), shorten(edges[SPREAD]), shorten(edges[CORRELATION]))
    rows = []
    for row, (tf, target, rank, sign, known) in enumerate(
        edges[[TF, TARGET, RANK, SIGN, KNOWN]].itertuples(index=False, name=None)
    ):
        probability, spread, correlation = (column[row] for column in columns)
        kinds = " ".join(name for name in _KINDS if _is_in(row, known, name))
        cells = (
            f'<td class="number">{rank:,}</td><td class="gene">{escape(tf)}</td><td class="gene">{escape(target)}</td>',
            f'<td class="number">{escape(state_probability(probability))}</td>',
            f'<td class="number">{_show(spread, ".3f")}</td><td class="number">{_show(correlation, "+.2f")}</td>',
            f'<td class="{escape(sign)}">{escape(sign)}</td><td>{"known" if known else "novel"}</td>',
        )
        rows.append(f'<tr data-kinds="{kinds}"{"" if kind in kinds.split() else " hidden"}>{"".join(cells)}</tr>')
    return "\n".join(rows)


def _show(value: float, form: str) -> str:
    return format(value, form) if value == value else NO_VALUE


def _settings(summary: Mapping[str, Any]) -> str:
    """Return the settings and versions as the items of an HTML description list."""
    return "\n".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in describe_settings(summary))
