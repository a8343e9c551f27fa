"""igraph comes without matplotlib.pyplot to a command, and matplotlib stays to be had."""

from __future__ import annotations

import subprocess
import sys


def run_python(code: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_igraph_works_without_pyplot_and_matplotlib_can_be_loaded_later():
    code = """if True:
        import sys
        from grnet.cli.quick_imports import import_igraph_without_drawing
        import_igraph_without_drawing()
        import igraph
        print("matplotlib.pyplot" in sys.modules, "matplotlib" in sys.modules)
        print(len(igraph.Graph(n=4, edges=[(0, 1)]).layout_fruchterman_reingold().coords))
        from matplotlib.figure import Figure
        print(Figure.__name__)
    """
    assert run_python(code) == ["False", "False", "4", "Figure"]


def test_what_is_loaded_already_is_left_alone():
    code = """if True:
        import sys, matplotlib
        before = sys.modules["matplotlib"]
        from grnet.cli.quick_imports import import_igraph_without_drawing
        import_igraph_without_drawing()
        print(sys.modules["matplotlib"] is before, "igraph" in sys.modules)
    """
    assert run_python(code) == ["True", "False"]


def test_a_network_is_inferred_without_what_only_training_and_reading_need(fused_run, tmp_path):
    code = f"""if True:
        import contextlib, sys
        from grnet.cli import main
        with contextlib.suppress(SystemExit):
            main(["--quiet", "infer-network", {str(fused_run)!r}, "-o", {str(tmp_path / "network")!r}])
        needless = {{"sklearn", "scipy.stats", "openpyxl", "matplotlib", "networkx", "dask", "loky", "pooch"}}
        print("needless:", *sorted(needless & set(sys.modules)))
    """
    said = run_python(code)
    assert said[said.index("needless:") :] == ["needless:"]
