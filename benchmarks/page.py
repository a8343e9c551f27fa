"""Measure the explorer page in Chromium: time until it can be used, frames while it is dragged, and the slider.

    python benchmarks/page.py [--quick] [--repeats 5] [--out FILE] [--work FOLDER]

A network of 5,000 edges between 2,000 genes is written and opened: as it opens, with about 1,500 edges drawn, and by a
link that draws all. Each is measured as SVG, which the page takes by itself where there is no graphics card, and with
WebGL. The time to interactive is that from navigation to the first drawing, when every control answers. Frames are
those of the browser's own clock while a mouse drags the drawing for two seconds; the slider is timed from its move to
the second frame after the drawing. Chromium says by which renderer WebGL draws: without a graphics card that is a
program, slower than any laptop.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from results_file import ResultsFile, choose_results, make_parser, print_table, work_folder

from grnet.explorer.network_page import write_page
from grnet.network.graph import build_nodes
from grnet.network.network import Network
from grnet.network.summary import summarise
from grnet.schema.genes import GeneCatalogue
from grnet.schema.tables import EDGES

EDGES_TFS_GENES, QUICK_SIZE = (5000, 200, 2000), (300, 20, 150)
WINDOW = {"width": 1400, "height": 900}
FLAGS = ("--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking")
GRAPHICS = {"SVG": (), "WebGL": ("--enable-unsafe-swiftshader", "--ignore-gpu-blocklist")}
VIEWS = {"as it opens": "", "all edges": "&p=0"}
DRAG_SECONDS = 2.0
WATCH_FRAMES = """() => {
  window.frames_ = [];
  let last = performance.now();
  const next = () => {
    const now = performance.now();
    frames_.push(now - last);
    last = now;
    requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
}"""
MOVE_SLIDER = """(share) => new Promise((done) => {
  const slider = document.getElementById("threshold"), surface = document.getElementById("surface");
  const begun = performance.now();
  slider.value = Math.round(share * slider.max);
  slider.dispatchEvent(new Event("input"));
  const frame = (left) => requestAnimationFrame(() => (left ? frame(left - 1) : done(performance.now() - begun)));
  const isDrawn = () => surface.dataset.edges === String(explorer.shownEdges().length);
  const look = () => (isDrawn() ? frame(2) : requestAnimationFrame(look));
  look();
})"""
RENDERER = """() => {
  const gl = document.createElement("canvas").getContext("webgl");
  const names = gl && gl.getExtension("WEBGL_debug_renderer_info");
  return names ? gl.getParameter(names.UNMASKED_RENDERER_WEBGL) : null;
}"""


def main() -> None:
    """Measure every view with every kind of graphics, write and print the figures."""
    parser = make_parser(__doc__, "page")
    parser.add_argument("--repeats", type=int, default=5, help="Openings of each page; medians count.  [default: 5]")
    arguments = parser.parse_args()
    chromium = os.environ.get("GRNET_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        print("no chromium on PATH (or in GRNET_CHROMIUM): the page is not measured", file=sys.stderr)
        return
    from playwright.sync_api import sync_playwright

    size = QUICK_SIZE if arguments.quick else EDGES_TFS_GENES
    with work_folder(arguments) as folder, sync_playwright() as playwright:
        path = folder / "network.html"
        n_edges, n_genes = write_network_page(path, *size)
        launcher = playwright.chromium
        settings = {
            "edges": n_edges,
            "genes": n_genes,
            "page_mib": round(path.stat().st_size / 2**20, 2),
            **describe_chromium(launcher, chromium),
            "window": WINDOW,
            "repeats": arguments.repeats,
            "drag_seconds": DRAG_SECONDS,
        }
        results = ResultsFile(choose_results(arguments), settings)
        for graphics, flags in GRAPHICS.items():
            browser = launcher.launch(executable_path=chromium, args=[*FLAGS, *flags])
            for view, fragment in VIEWS.items():
                url = f"{path.as_uri()}#draw={graphics.lower()}{fragment}"
                results.measure(
                    f"{graphics}, {view}",
                    lambda browser=browser, url=url: measure_page(browser, url, arguments.repeats),
                )
            browser.close()
    results.finish()
    columns = ("edges_drawn", "interactive_ms", "frame_ms_median", "frame_ms_p95", "slider_ms")
    print_table(["page", *columns], [[name, *(case[c] for c in columns)] for name, case in results.cases.items()])


def describe_chromium(launcher: Any, chromium: str) -> dict[str, Any]:
    """Return the version of a Chromium, and what draws its WebGL."""
    browser = launcher.launch(executable_path=chromium, args=[*FLAGS, *GRAPHICS["WebGL"]])
    described = {"chromium": str(browser.version), "webgl_by": browser.new_page().evaluate(RENDERER)}
    browser.close()
    return described


def write_network_page(path: Path, n_edges: int, n_tfs: int, n_genes: int) -> tuple[int, int]:
    """Write the page of a made network in which every gene has an edge; return its edges and genes."""
    edges, genes = make_network(n_edges, n_tfs, n_genes)
    nodes = build_nodes(edges, genes, seed=0)
    write_page(path, Network(edges, nodes, summarise(edges, nodes, n_candidates=n_tfs * (n_genes - 1))))
    return len(edges), len(nodes)


def make_network(n_edges: int, n_tfs: int, n_genes: int, *, seed: int = 0) -> tuple[pd.DataFrame, GeneCatalogue]:
    """Return edges in the columns of `EDGES` between TFs with few or many targets, mostly in modules, and the genes."""
    rng = np.random.default_rng(seed)
    module = rng.integers(0, max(2, n_tfs // 12), n_genes)
    module[:n_tfs] = np.arange(n_tfs) % (module.max() + 1)  # every module has TFs
    weight = rng.pareto(1.3, n_tfs) + 0.2
    pairs: set[tuple[int, int]] = set()
    targets = [*rng.permutation(n_genes), *rng.integers(0, n_genes, 4 * n_edges)]
    for target in targets:
        own = weight * np.where(module[:n_tfs] == module[target], 30.0, 1.0)
        own[target : target + 1] = 0.0  # no gene regulates itself
        pairs.add((int(rng.choice(n_tfs, p=own / own.sum())), int(target)))
        if len(pairs) == n_edges:
            break
    tf, target = np.array(sorted(pairs)).T
    order = rng.permutation(len(tf))
    probability = np.sort(rng.beta(2, 1, len(tf)))[::-1].round(5)
    correlation = np.tanh(rng.normal(0.3, 0.5, len(tf)))
    symbols = np.array([f"{'Tf' if gene < n_tfs else 'gene'}{gene}" for gene in range(n_genes)])
    edges = pd.DataFrame(
        {
            "tf": symbols[tf[order]],
            "target": symbols[target[order]],
            "probability": probability.astype(np.float32),
            "spread": rng.uniform(0, 0.1, len(tf)).astype(np.float32),
            "seed_spread": np.full(len(tf), np.nan, np.float32),
            "score": np.log(probability / (1.00001 - probability)).astype(np.float32),
            "rank": np.arange(1, len(tf) + 1),
            "correlation": correlation.astype(np.float32),
            "sign": np.where(correlation > 0, "activation", "repression"),
            "known": rng.random(len(tf)) < 0.4,
        },
        columns=list(EDGES.names),
    )
    ids = tuple(f"FBgn{gene:07d}" for gene in range(n_genes))
    n_images = rng.integers(0, 9, n_genes).astype(np.int32)
    return edges, GeneCatalogue(tuple(symbols.tolist()), ids, np.arange(n_genes) < n_tfs, n_images)


def measure_page(browser: Any, url: str, repeats: int) -> dict[str, Any]:
    """Return the figures of a page: medians of some openings, and of the last of them frames and slider."""
    interactive = []
    for repeat in range(repeats):
        context = browser.new_context(viewport=WINDOW)
        page = context.new_page()
        page.goto(url)
        page.wait_for_selector("html[data-ready]", timeout=120_000)
        interactive.append(page.evaluate("() => performance.getEntriesByName('ready')[0].startTime"))
        if repeat < repeats - 1:
            context.close()
    page.wait_for_timeout(1000)
    drawn = page.evaluate("() => explorer.shownEdges().length")
    frames = drag(page)
    slider = [page.evaluate(MOVE_SLIDER, share) for share in (0.2, 0.8, 0.5, 0.1, 0.4)]
    context.close()
    return {
        "edges_drawn": drawn,
        "interactive_ms": round(statistics.median(interactive)),
        "interactive_ms_all": [round(value) for value in interactive],
        **describe_frames(frames),
        "slider_ms": round(statistics.median(slider), 1),
    }


def drag(page: Any) -> list[float]:
    """Drag the drawing in circles for some seconds; return the milliseconds between frames."""
    box = page.locator("#surface").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 10, y)  # the first move decides that it is a drag
    page.evaluate(WATCH_FRAMES)
    end, step = time.perf_counter() + DRAG_SECONDS, 0
    while time.perf_counter() < end:
        step += 1
        page.mouse.move(x + 120 * np.cos(step / 12), y + 80 * np.sin(step / 12))
        time.sleep(0.008)
    frames = json.loads(page.evaluate("() => JSON.stringify(frames_)"))
    page.mouse.up()
    return [float(value) for value in frames]


def describe_frames(frames: list[float]) -> dict[str, Any]:
    """Return count, median and 95th percentile of frame times, in ms."""
    return {
        "frames": len(frames),
        "frame_ms_median": round(float(np.median(frames)), 1),
        "frame_ms_p95": round(float(np.quantile(frames, 0.95)), 1),
    }


if __name__ == "__main__":
    main()
