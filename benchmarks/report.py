"""Write the tables of docs/performance.md from the JSON files of the benchmarks, so that the page says what they say.

    python benchmarks/report.py [--check]

Everything between the two markers of the page is replaced. --check writes nothing and fails where the page differs.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from results_file import RESULTS, ROOT, show

PAGE = ROOT / "docs/performance.md"
BEGIN, END = "<!-- figures: written by benchmarks/report.py -->", "<!-- end of figures -->"
Content = Mapping[str, Any]
NOT_FIGURES = ("machine", "settings", "complete", "load_average_before")


def main() -> None:
    """Write the page, or compare it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="Fail where the page is not what the files say.")
    arguments = parser.parse_args()
    page = PAGE.read_text(encoding="utf-8")
    written = replace_figures(page, render(RESULTS))
    if arguments.check:
        if written != page:
            raise SystemExit(f"{PAGE}: is not what the files say; write it with: python benchmarks/report.py")
        return
    PAGE.write_text(written, encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)} written")


def replace_figures(page: str, figures: str) -> str:
    """Return a page with other text between its markers."""
    before, marker, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not marker or not end:
        raise SystemExit(f"{PAGE}: lacks the lines {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{figures.strip()}\n\n{END}{after}"


def render(folder: Path) -> str:
    """Return the sections of all files of a folder of results as Markdown."""
    return "\n\n".join(f"## {title}\n\n{render_file(folder / f'{name}.json', body)}" for name, title, body in SECTIONS)


def render_file(file: Path, body: Callable[[Content], list[str]]) -> str:
    """Return the section of a file: its tables and its machine; a line where there is no such file."""
    if not file.is_file():
        return f"Not measured yet: `python benchmarks/{file.stem}.py`."
    content = json.loads(file.read_text(encoding="utf-8"))
    parts = [*body(content), describe_machine_of(content)]
    return "\n\n".join(part for part in parts if part)


def describe_machine_of(content: Content) -> str:
    """Return a line on the machine and the versions."""
    machine = content.get("machine")
    if not machine:
        return ""
    versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items())
    used = content.get("settings", {}).get("cores")
    held = f", of which {used} used" if used else ""
    parts = [
        machine["processor"],
        f"{machine['cores']} processors{held}",
        f"{show(machine['memory_gib'])} GiB",
        machine.get("gpu"),
        f"Python {machine['python']}",
        versions,
    ]
    return f"Machine: {'; '.join(part for part in parts if part)}."


def render_table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return a Markdown table, numbers on the right."""
    lines = [f"| {' | '.join(header)} |", f"|---|{'---:|' * (len(header) - 1)}"]
    return "\n".join([*lines, *(f"| {' | '.join(show(cell) for cell in row)} |" for row in rows)])


def render_asked(content: Content) -> str:
    """Return the table of what was asked."""
    rows = content.get("asked", [])
    return render_table(["asked", "reached", "holds"], [[row["what"], row["reached"], row["holds"]] for row in rows])


def render_scale(content: Content) -> list[str]:
    """Return the tables of scale.json."""
    columns = {
        "pairs": "candidates",
        "with images": "share_with_images",
        "pairs/s, scoring": "pairs_per_second",
        "pairs/s, from loaded run": "loaded_to_closed_pairs_per_second",
        "end to end, s": "end_to_end_seconds",
        "peak, MiB": "peak_mib",
        "scores on disk, MiB": "scores_mib",
    }
    rows = [[name, *(case.get(key) for key in columns.values())] for name, case in content["cases"].items()]
    return [render_table(["TFs × genes", *columns], rows), render_asked(content)]


def render_against(content: Content) -> list[str]:
    """Return the tables of against_grnboost2.json."""
    rows = [[row["what"], row["seconds"], row["ratio"]] for row in content.get("comparison", [])]
    cases = content["cases"]
    ranks = [
        [name, cases[case]["auroc"]]
        for name, case in (("grnet, expression, out of fold", "training rna"), ("GRNBoost2", "GRNBoost2"))
        if "auroc" in cases.get(case, {})
    ]
    parts = [render_table(["on two cores", "seconds", "times grnet's"], rows)]
    parts.append(render_table(["AUROC on the labelled pairs", ""], ranks))
    paper = cases.get("paper's way")
    if paper:
        rate = f"{show(paper['passes_per_second'])} passes/s ({paper['precision']})"
        parts.append(
            f"The paper's way: {rate} of the fusion network; {show(paper['candidates_with_images'])} of "
            f"{show(paper['candidates'])} candidates have images of both genes, {show(paper['image_pairs'])} pairs of "
            "images in all."
        )
    return parts


def render_versions(content: Content) -> list[str]:
    """Return the table of versions.json, and which commit it is beside."""
    columns = ("before_seconds", "now_seconds", "times_as_fast", "before_auroc", "now_auroc")
    before = content["settings"]["commits"]["before"]
    rows = [[name, *map(case.get, columns), show_range(case)] for name, case in content["cases"].items()]
    rows = [[*row[:4], row[6], *row[4:6]] for row in rows]
    header = ["command, data", f"{before}, s", "now, s", "times as fast", "range", f"AUROC, {before}", "AUROC, now"]
    return [render_table(header, rows)]


def show_range(case: dict[str, Any]) -> str:
    """Return the least and the most of the ratios of a case; a dash where it ran once."""
    low, high = case["range"]
    return f"{low:g} to {high:g}" if case["rounds"] > 1 else "–"


def render_growth(content: Content) -> list[str]:
    """Return the tables of growth.json."""
    parts = ("all", "upper")
    rows, points = [], []
    for quantity, entry in content.get("growth", {}).items():
        exponents = entry["exponents"]
        slopes = [f"{exponents[name][part]:.2f}" for name in ("scoring", "end to end") for part in parts]
        values = [point["value"] for point in entry["points"]]
        rows.append([quantity, f"{values[0]:,} to {values[-1]:,}", *slopes])
        points += [[f"{quantity}: {point['value']:,}", *list(point.values())[1:]] for point in entry["points"]]
    header = ["exponent of", "range", "scoring", "… three largest", "end to end", "… three largest"]
    return [render_table(header, rows), render_table(["point", "scoring, s", "end to end, s"], points)]


def render_training_growth(content: Content) -> list[str]:
    """Return the tables of training_growth.json."""
    rows, points = [], []
    for quantity, entry in content.get("growth", {}).items():
        values = [point["value"] for point in entry["points"]]
        slopes = [f"{entry['exponents'][part]:.2f}" for part in ("all", "upper")]
        rows.append([quantity, f"{values[0]:,} to {values[-1]:,}", *slopes])
        points += [[f"{quantity}: {point['value']:,}", point["seconds"]] for point in entry["points"]]
    header = ["exponent of", "range", "training", "… three largest"]
    return [render_table(header, rows), render_table(["point", "seconds"], points)]


def render_regdiffusion(content: Content) -> list[str]:
    """Return the table of against_regdiffusion.json."""
    columns = ("seconds", "auroc", "auprc")
    rows = [[name, *map(case.get, columns)] for name, case in content["cases"].items()]
    return [render_table(["on two cores", "seconds", "AUROC, unseen edges", "AUPRC, unseen edges"], rows)]


def render_share(content: Content) -> list[str]:
    """Return the table of share_of_limit.json, a column for each case; the limit itself in a line."""
    cases = {name: case for name, case in content.get("cases", {}).items() if name != "limit"}
    limit = {
        name: value for name, value in content.get("cases", {}).get("limit", {}).items() if name not in NOT_FIGURES
    }
    if not cases:
        return render_any(content)
    rows = [name for name in dict.fromkeys(name for case in cases.values() for name in case) if name not in NOT_FIGURES]
    figures = [[name.replace("_", " "), *(case.get(name) for case in cases.values())] for name in rows]
    said = ", ".join(f"{name.replace('_', ' ')} {show(value)}" for name, value in limit.items())
    return [f"The limit, large square matrix products: {said}." if said else "", render_table(["", *cases], figures)]


def render_gpu(content: Content) -> list[str]:
    """Return the tables of gpu.json."""
    columns = {
        "pairs": "candidates",
        "logits alone, pairs/s": "logits_pairs_per_second",
        "to closed shards, pairs/s": "closed_shards_pairs_per_second",
        "peak on the GPU, MiB": "peak_on_device_mib",
        "peak, MiB": "peak_mib",
    }
    cases = content["cases"]
    scoring = [[name, *map(case.get, columns.values())] for name, case in cases.items() if name.startswith("scoring")]
    whole = cases.get("end to end", {})
    end = (
        f"End to end, from process start to {whole['until']}: {show(whole['seconds'])} s." if "seconds" in whole else ""
    )
    fits = {
        "seconds": "seconds",
        "AUROC": "auroc",
        "peak on the GPU, MiB": "peak_on_device_mib",
        "peak, MiB": "peak_mib",
    }
    training = [[name, *map(case.get, fits.values())] for name, case in cases.items() if name.startswith("training")]
    paper = cases.get("SDINet", {})
    rates = {what: paper.get(f"{what}_samples_per_second") for what in ("scoring", "training")}
    said = ", ".join(f"{what} {show(rate)} samples/s" for what, rate in rates.items() if rate)
    missing = [f"{name}: {case['not measured']}." for name, case in cases.items() if "not measured" in case]
    share = render_share(cases["share of limit"]) if "cases" in cases.get("share of limit", {}) else []
    return [
        render_table(["", *columns], scoring),
        end,
        render_table(["", *fits], training),
        f"SDINet, the fusion network: {said}." if said else "",
        " ".join(["Not measured:", *missing]) if missing else "",
        render_asked(content),
        *share,
    ]


def render_page(content: Content) -> list[str]:
    """Return what was opened in which browser, and the table of page.json."""
    made = content["settings"]
    said = (
        f"{made['edges']:,} edges between {made['genes']:,} genes, a page of {made['page_mib']} MiB, in Chromium "
        f"{made['chromium']} without a graphics card (WebGL by {made['webgl_by']}), where the page chooses SVG.",
        f"Interactive: from navigation to the first drawing, median of {made['repeats']}. Frames: while a mouse drags",
        f"the drawing for {made['drag_seconds']:g} s. Slider: from its move to the drawing in the window.",
    )
    return [" ".join(said), *render_any(content)]


def render_any(content: Content) -> list[str]:
    """Return a table for every list of records, and for every dictionary of them; and the plain figures."""
    plain = {
        key.replace("_", " "): value for key, value in content.items() if key not in NOT_FIGURES and is_plain(value)
    }
    parts = [render_table(["what", ""], plain.items())] if plain else []
    for key, value in content.items():
        records = list_records(value) if key not in NOT_FIGURES else []
        if records:
            columns = list(dict.fromkeys(name for record in records for name in record))
            wanted = [name for name in columns if all(is_plain(record.get(name)) for record in records)]
            header = [name.replace("_", " ") for name in wanted]
            table = render_table(header, [[record.get(name) for name in wanted] for record in records])
            parts.append(f"{key.replace('_', ' ').capitalize()}:\n\n{table}")
    return parts


def list_records(value: Any) -> list[dict[str, Any]]:
    """Return a list or a dictionary of dictionaries as records; nothing for anything else."""
    if isinstance(value, dict) and value and all(isinstance(entry, dict) for entry in value.values()):
        entries = ({"": name, **entry} for name, entry in value.items())
    elif isinstance(value, list) and value and all(isinstance(entry, dict) for entry in value):
        entries = iter(value)
    else:
        return []
    return [{name: cell for name, cell in entry.items() if name not in NOT_FIGURES} for entry in entries]


def is_plain(value: Any) -> bool:
    """Return whether a value fits into a cell."""
    return value is None or isinstance(value, bool | int | float | str)


SECTIONS: tuple[tuple[str, str, Callable[[Content], list[str]]], ...] = (
    ("scale", "All pairs of a genome, on two cores", render_scale),
    ("against_grnboost2", "Beside GRNBoost2 and the paper's way", render_against),
    ("against_regdiffusion", "Beside RegDiffusion, on single cells", render_regdiffusion),
    ("versions", "Each command, beside an earlier version", render_versions),
    ("growth", "How the cost grows", render_growth),
    ("training_growth", "How the cost of training grows", render_training_growth),
    ("share_of_limit", "Share of the machine's limit", render_share),
    ("thresholding", "From scores to a network", render_any),
    ("exports", "Exports", render_any),
    ("reading", "A large expression table", render_any),
    ("page", "The explorer page in Chromium", render_page),
    ("gpu", "On a GPU", render_gpu),
)
"""File, heading, and what makes tables of the file."""


if __name__ == "__main__":
    main()
