"""Each command on a small embryo: what it prints is what it wrote, and how it ends when something is wrong."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

import grnet
from grnet.cli import COMMANDS, main
from grnet.probability.prior import Prior

FIGURE = r"(\d+\.\d{2,3})(?: \d*\.\d{2,3}–\d*\.\d{2,3})?"
TRAIN = ["--folds", "3", "--epochs", "2", "--patience", "1", "--device", "cpu"]


@pytest.fixture
def run(capfd):
    """Return a function that runs the command line: exit code, standard output, lines of standard error."""

    def run_main(*arguments):
        capfd.readouterr()
        code = 0
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as stop:
            code = stop.code
        out, err = capfd.readouterr()
        return code, out, [line for line in err.splitlines() if line.strip()]

    return run_main


@pytest.fixture
def broken(monkeypatch, fused_run):
    """Make `infer-network` raise an error in its middle; return the arguments that reach it."""

    def break_with(error):
        def fail(*_, **__):
            raise error

        monkeypatch.setattr("grnet.workflow.infer_network.Candidates", fail)
        return ["infer-network", fused_run, "-o"]

    return break_with


KNOWN_PRIOR = "note: known edges score like any candidate, so probabilities are no more than a ranking here"


def snapshot(folder):
    return {str(path): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


def python(*arguments):
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "COLUMNS": "120"}
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, env=environment, timeout=120, check=False
    )


def cards_of(out):
    """Return title → name → AUROC of every report card on the screen; long names go on in the next line."""
    cards, rows = {}, {}
    for line in out.splitlines():
        title = re.match(r"(new [\w ]+): [\d,]+ pairs, [\d.]+% positive; mean over folds", line)
        if title:
            rows = cards.setdefault(title[1], {})
        cells = re.split(r"\s{2,}", line.strip())
        if len(cells) == 7 and all(re.fullmatch(FIGURE, cell) for cell in cells[1:]):
            rows[line[:18].strip()] = float(cells[2].split()[0])
    return cards


def test_help_lists_the_commands_in_order_and_imports_nothing_heavy():
    code = (
        "import sys, contextlib\n"
        "from grnet.cli import main\n"
        "with contextlib.suppress(SystemExit): main(['--help'])\n"
        "heavy = {'torch', 'pandas', 'numpy', 'scipy', 'sklearn', 'plotly', 'networkx', 'pyarrow'}\n"
        "print('imported:', *sorted(heavy & set(sys.modules)))\n"
    )
    done = python("-c", code)
    assert done.returncode == 0, done.stderr
    shown, _, imported = done.stdout.rpartition("imported:")
    assert imported.split() == []
    listed = shown.partition("Commands:")[2].splitlines()
    assert [line.split()[0] for line in listed if re.match(r"  \S", line)] == list(COMMANDS)


def test_the_package_runs_as_a_module():
    done = python("-m", "grnet", "--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split()[-1] == grnet.__version__
    wrong = python("-m", "grnet", "inspect", "no-such-folder")
    assert wrong.returncode == 2
    assert wrong.stderr.splitlines() == [
        "grnet: error: no-such-folder: no such folder; expected a dataset directory; make one with: grnet prepare"
    ]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(run, command):
    code, out, err = run(command, "--help")
    assert (code, err) == (0, [])
    assert out.startswith(f"Usage: grnet {command} ")
    assert "--quiet" in out
    assert "--debug" in out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["infer"], "no such command 'infer'; did you mean infer-network? see grnet --help"),
        (["train", "--no-such-option"], "no such option --no-such-option; see grnet train --help"),
        (["train", "data", "-o", "run", "--modality", "sound"], "'sound' is not one of 'rna', 'image', 'fused'"),
        (["train", "data"], "Missing option '-o'"),
    ],
)
def test_wrong_usage(run, arguments, says):
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert any(says in line for line in err), err


def test_simulate_and_prepare_print_their_counts(run, tmp_path):
    code, out, err = run("simulate", tmp_path / "lab", "--tfs", 8, "--targets", 10, "--samples", 8, "--quiet")
    assert (code, err) == (0, [])
    assert "18 genes, 8 of them transcription factors, in 8 samples" in " ".join(out.split())
    lab = tmp_path / "lab"
    files = ["--tfs", lab / "tfs.txt", "--known-edges", lab / "known_edges.csv", "--images", lab / "images"]
    tables = ["--expression", lab / "expression_tfs.csv", "--expression", lab / "expression_genes.tsv.gz"]
    code, out, _ = run("prepare", tmp_path / "dataset", *tables, *files, "--name", "tiny", "--quiet")
    assert code == 0
    dataset = grnet.load_dataset(tmp_path / "dataset")
    assert (len(dataset.genes), len(dataset.genes.tfs), len(dataset.samples)) == (18, 8, 8)
    assert re.search(rf"genes\s+{len(dataset.genes)}, of which 8 TFs", out)
    assert re.search(rf"labelled pairs\s+{len(dataset.labelled_pairs)}\b", out)
    code, again, _ = run("inspect", tmp_path / "dataset", "--contact-sheet", tmp_path / "sheet.png")
    assert code == 0
    assert again.splitlines()[1:6] == out.splitlines()[1:6]
    assert (tmp_path / "sheet.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize("modality", ["rna", "image"])
def test_train_prints_the_figures_of_metrics_json(run, embryo_dataset, tmp_path, modality):
    code, out, err = run("train", embryo_dataset, "-o", tmp_path / "run", "--modality", modality, *TRAIN)
    assert code == 0
    titles = {"pair": "new pairs", "tf": "new TFs", "target": "new targets", "both": "new TFs and new targets"}
    for title, line in zip(titles.values(), err[-4:], strict=True):
        assert re.fullmatch(rf"{title}: training 3 folds: 3 models in \d+\.\d s", line)
    metrics = json.loads((tmp_path / "run" / "metrics.json").read_text(encoding="utf-8"))
    shown = cards_of(out)
    assert list(shown) == [titles[split] for split in metrics["splits"]]
    for split, card in metrics["splits"].items():
        names = {
            row["name"][:18].rpartition(" ")[0] if len(row["name"]) > 18 else row["name"]: row for row in card["rows"]
        }
        assert set(shown[titles[split]]) <= set(names)
        own = shown[titles[split]][card["model"]]
        assert own == pytest.approx(card["rows"][0]["auroc"]["mean"], abs=6e-4)
        assert card["verdict"] in out
    for note in metrics["notes"]:
        assert f"note: {note}" in out
    assert out.splitlines()[-1] == f"run: {tmp_path / 'run'}   report: {tmp_path / 'run' / 'report.html'}"
    settings = grnet.load_run(tmp_path / "run").settings["train"]
    assert (settings["epochs"], settings["patience"], settings["folds"]) == (2, 1, 3)
    assert settings["model"]["modality"] == modality


def test_infer_network_and_evaluate_print_their_counts(run, fused_run, embryo_lab, tmp_path):
    network = tmp_path / "network"
    code, out, err = run(
        "infer-network", fused_run, "-o", network, "--top", 30, "--format", "beeline", "--device", "cpu"
    )
    assert code == 0
    assert err[0] == "12 TFs × 72 genes: 852 candidate pairs"
    assert re.fullmatch(r"scoring: 852 pairs in \d+\.\d s", err[-1])
    lines = out.splitlines()
    assert re.fullmatch(r"852 candidates \(12 TFs × 72 genes\) scored on cpu in \d+\.\d s, [\d,]+ pairs/s", lines[0]), (
        lines[0]
    )
    loaded = grnet.load_network(network)
    least, most = loaded.edges["probability"].min(), loaded.edges["probability"].max()
    prior = Prior.from_json(loaded.summary["prior"])
    new, members = loaded.summary["unlabelled"], loaded.summary["survival"]["members"]
    ends = " to ".join(dict.fromkeys(map(str, (min(members), max(members)))))
    low, high = new["expected_precision_interval"]
    assert 0 <= low < new["expected_precision"] < high <= 1
    assert prior.is_settled
    statement = loaded.summary["statement"]
    known = int(loaded.edges["known"].sum())
    assert f"30 most probable of 852 candidates: {known} known and {30 - known} novel edges." in statement[0]
    assert re.search("expected to be true.*--top", statement[0])
    assert len(statement) == 2
    assert re.search(rf"--with-known .* other {77 - known} known edges", statement[1])
    assert lines[1:] == [
        *statement,
        f"{len(loaded.nodes)} genes; probability {least:.4g} to {most:.4g}",
        f"prior: {prior.describe()}",
        f"expected precision of the {new['edges']} novel edges without a label: {new['expected_precision']:.3f} "
        f"(95 % interval {low:.2f} to {high:.2f})",
        f"each of the 3 models alone would keep {ends} of the novel edges",
        f"open {network / 'network.html'}",
    ]
    assert (network / "rankedEdges.csv").is_file()

    truth = embryo_lab / "truth.parquet"
    code, out, _ = run("evaluate", network, "--known", truth, "--universe", "all", "--novel-only", "-o", tmp_path / "e")
    assert code == 0
    figures = json.loads((tmp_path / "e" / "evaluation.json").read_text(encoding="utf-8"))
    assert f"{figures['n_pairs']} pairs, {figures['n_positives']} positive" in out
    assert figures["n_pairs"] == 852 - 154
    for ranking in figures["rankings"]:
        line = next(line for line in out.splitlines() if line.strip().startswith(ranking["name"]))
        numbers = [float(text) for text in line.split(ranking["name"], 1)[1].split()[:2]]
        assert numbers == pytest.approx([ranking["auroc"], ranking["auprc"]], abs=6e-5)
    assert f"Base rate {figures['base_rate']:.4f}." in out
    assert "Figures are over all pairs together; those that `grnet train` prints are means over folds." in out
    assert out.splitlines()[-1] == f"report: {tmp_path / 'e' / 'report.html'}"


def test_infer_network_tells_all_limits_and_what_reached_them(run, fused_run, tmp_path):
    limits = ["--probability", "0.25", "--top", "1000", "--top-per-target", "2", "--prior", "0.5"]
    code, out, _ = run("infer-network", fused_run, "-o", tmp_path / "some", *limits, "--quiet")
    assert code == 0
    edges = grnet.load_network(tmp_path / "some").edges
    kept = "(probability of at least 0.25, at most 1,000 edges, at most 2 per target)"
    line = out.splitlines()[1]
    assert f" {len(edges)} of 852 candidates {kept}: {int(edges['known'].sum())} known and " in line
    assert "--probability or --top or --top-per-target" in line


def test_limits_that_keep_nothing_say_what_the_best_has_and_what_would_keep_some(run, fused_run, tmp_path):
    place = tmp_path / "none"
    code, out, _ = run("infer-network", fused_run, "-o", place, "--probability", "1", "--quiet")
    assert code == 0
    summary = grnet.load_network(place).summary
    best = np.floor(summary["selection"]["highest_probability"] * 100) / 100
    none, known, *rest = out.splitlines()[1:]
    assert none.startswith("No candidate has a probability of at least 1")
    assert all(words in none for words in (f"best has {best:g}.", f"--probability {best:g} ", "--top 500 "))
    assert re.search("--with-known .* 77 known edges", known)
    assert rest == [
        f"prior: {Prior.from_json(summary['prior']).describe()}",
        f"`grnet view {place} --top 500 -o strongest.html` shows the strongest",
    ]
    code, out, _ = run("infer-network", fused_run, "-o", tmp_path / "some", "--probability", f"{best:g}", "--quiet")
    assert code == 0
    assert grnet.load_network(tmp_path / "some").summary["edges"] > 0

    wanted = ["--expected-precision", "0.99", "--top", "50", "--prior", "0.02"]
    code, out, _ = run("infer-network", fused_run, "-o", place, *wanted, "--quiet", "--overwrite")
    assert code == 0
    best = float(re.search(r"best novel candidate has a probability of ([\d.]+)\. ", out)[1])
    highest = grnet.load_network(place).summary["unlabelled"]["highest_probability"]
    assert best <= highest < best * 1.1
    assert out.splitlines()[1].startswith("No set of candidates reaches an expected precision of 0.99")
    assert f"--expected-precision {best:g} " in out.splitlines()[1]
    code, out, _ = run("export", place, "--to", "sif", "-o", tmp_path / "none.sif", "--quiet")
    assert code == 0
    assert out.splitlines()[0].startswith("No set of candidates reaches an expected precision of 0.99")


def test_known_edges_are_added_on_request(run, fused_run, tmp_path):
    code, out, _ = run("infer-network", fused_run, "-o", tmp_path / "network", "--top", 20, "--with-known", "--quiet")
    assert code == 0
    edges = grnet.load_network(tmp_path / "network").edges
    best = edges[edges["rank"] <= 20]
    n = int(best["known"].sum())
    assert (len(best), int(edges["known"].sum()), len(edges)) == (20, 77, 20 + 77 - n)
    assert edges["rank"].is_monotonic_increasing
    assert f"20 most probable of 852 candidates: {n} known and {20 - n} novel" in out.splitlines()[1]
    assert f"--with-known added {77 - n} known edges" in out.splitlines()[2]


def test_expected_precision_keeps_the_largest_set_of_that_mean_probability(run, fused_run, tmp_path):
    wanted = ["--expected-precision", "0.55", "--prior", "0.5"]
    code, out, _ = run("infer-network", fused_run, "-o", tmp_path / "network", *wanted, "--quiet")
    assert code == 0
    network = grnet.load_network(tmp_path / "network")
    scores = pd.concat(network.scores())
    new = scores[scores["label"].isna()].sort_values("probability", ascending=False)["probability"].to_numpy(float)
    means = new.cumsum() / np.arange(1, len(new) + 1)
    n = int((means >= 0.55).sum())
    assert 0 < n < len(new)
    assert network.summary["unlabelled"]["edges"] == n
    assert network.summary["unlabelled"]["expected_precision"] == pytest.approx(means[n - 1])
    assert network.summary["survival"]["threshold"] == network.edges["probability"].min() == np.float32(new[n - 1])
    assert network.summary["prior"]["source"] == "given"
    assert new.mean() == pytest.approx(0.5, abs=0.02)
    assert " candidates (expected precision of at least 0.55)" in out.splitlines()[1]
    assert f"expected precision of the {n} novel edges without a label: {means[n - 1]:.3f}" in out


def test_the_default_network_is_told_by_the_help(run):
    _, out, _ = run("infer-network", "--help")
    told = " ".join(out.split())
    assert all(words in told for words in ("known edges among the candidates", "at least 200", "at most 2,000"))


@pytest.fixture
def scored(fused_network):
    """Return TFs, targets that are no TF, and a pair of each from the scores of the fused network."""
    scores = pd.concat(grnet.load_network(fused_network).scores())
    tfs = sorted(set(scores["tf"]))
    return tfs, sorted(set(scores["target"]) - set(tfs))


def write_pairs(path, *pairs, header="tf,target"):
    path.write_text("\n".join([header, *pairs]) + "\n", encoding="utf-8")
    return path


def test_evaluate_translates_names_by_a_table(run, fused_network, scored, tmp_path):
    tfs, genes = scored
    known = write_pairs(tmp_path / "known.csv", f"Dp,{genes[0]}", f"{tfs[1]},foo", f"{tfs[1]},{genes[1]}")
    code, out, _ = run("evaluate", fused_network, "--known", known)
    assert code == 0
    assert "1 known edges without a score: its TF is not among the scored TFs (Dp)" in out
    assert "1 known edges without a score: its target is not among the scored targets (foo)" in out
    table = write_pairs(tmp_path / "aliases.csv", f"Dp,{tfs[0]}", header="name,symbol")
    code, out, _ = run("evaluate", fused_network, "--known", known, "--aliases", table, "--alias", f"foo={genes[2]}")
    assert code == 0
    assert "without a score" not in out
    assert "Counted are the candidates of 2 TFs × 3 targets" in out


def test_evaluate_refuses_aliases_that_contradict(run, fused_network, scored, tmp_path):
    tfs, genes = scored
    known = write_pairs(tmp_path / "known.csv", f"{tfs[0]},{genes[0]}")
    table = write_pairs(tmp_path / "aliases.csv", f"Dp,{tfs[0]}", header="name,symbol")
    given = ["--aliases", table, "--alias", "Dp=Dp2", "-o", tmp_path / "out"]
    code, out, err = run("evaluate", fused_network, "--known", known, *given)
    assert (code, out, len(err)) == (2, "", 1)
    assert f"the alias 'Dp' stands for '{tfs[0]}' here and for 'Dp2' before; keep one of them" in err[0]
    code, out, err = run("evaluate", fused_network, "--known", known, "--aliases", tmp_path / "no.csv")
    assert (code, out) == (2, "")
    assert err == [f"grnet: error: {tmp_path / 'no.csv'}: no such file; expected a table"]
    assert not (tmp_path / "out").exists()


def test_evaluate_names_few_examples_of_edges_without_a_score_as_plain_text(run, fused_network, scored, tmp_path):
    tfs, genes = scored
    lost = ["[red]a[/red]", "[red]a[/red]", "b\x1bc", "n" * 300, ":smile:"]
    pairs = [f"{name},{gene}" for name, gene in zip(lost, genes, strict=False)]
    more = [f"who,{tfs[1]}x", f"{tfs[0]},{tfs[0]}", f"{tfs[0]},{genes[0]}", f"{tfs[1]},:tada:"]
    code, out, _ = run("evaluate", fused_network, "--known", write_pairs(tmp_path / "known.csv", *pairs, *more))
    assert code == 0
    assert [line for line in out.splitlines() if "without a score" in line] == [
        "5 known edges without a score: its TF is not among the scored TFs "
        f"([red]a[/red], b\N{REPLACEMENT CHARACTER}c, {'n' * 39}…, …)",
        f"1 known edges without a score: neither gene was scored in this role (who → {tfs[1]}x)",
        f"1 known edges without a score: a gene with itself is no candidate ({tfs[0]})",
        "1 known edges without a score: its target is not among the scored targets (:tada:)",
    ]


def test_evaluate_tells_that_one_class_cannot_be_ranked(run, fused_network, scored, tmp_path):
    tfs, genes = scored
    known = write_pairs(tmp_path / "known.csv", f"{tfs[0]},{genes[0]}", f"{tfs[0]},{genes[1]}")
    code, out, _ = run("evaluate", fused_network, "--known", known, "-o", tmp_path / "out")
    assert code == 0
    assert "all 2 pairs are positive: no ranking figure is possible; try --universe all" in out
    assert "nan" not in out
    rows = {line.split()[0]: line.split()[1:] for line in out.splitlines() if "–" in line}
    assert rows["model"] == rows["random"] == ["–"] * 8
    code, out, _ = run("evaluate", fused_network, "--known", known, "--universe", "all")
    assert code == 0
    assert "no ranking figure" not in out
    assert "nan" not in out
    model = next(line.split() for line in out.splitlines() if line.strip().startswith("model"))
    assert model[-1] == "–"  # the best 1,000 of 852


def test_demo_runs_all_of_it(run, monkeypatch, embryo_lab, tmp_path, tiny_config):
    from grnet.workflow import demo

    def small_lab(out, **_):
        shutil.copytree(embryo_lab, out)

    def short(dataset, out, *, modality, seed, report, progress):
        return grnet.train(dataset, out, modality=modality, seed=seed, report=report, folds=3, config=tiny_config)

    monkeypatch.setattr(demo, "simulate", small_lab)
    monkeypatch.setattr(demo, "train", short)
    code, out, err = run("demo", "-o", tmp_path / "demo")
    assert code == 0, err
    assert sorted(path.name for path in (tmp_path / "demo").iterdir()) == [
        "dataset",
        "evaluation",
        "lab",
        "network",
        "run-fused",
        "run-image",
        "run-rna",
    ]
    assert [line for line in err if line.startswith("train")] == [
        f"train --modality {m}" for m in ("rna", "image", "fused")
    ]
    for modality in ("rna", "image", "fused"):
        metrics = json.loads((tmp_path / "demo" / f"run-{modality}" / "metrics.json").read_text(encoding="utf-8"))
        assert list(metrics["splits"]) == ["pair"]
    card = metrics["splits"]["pair"]
    assert list(cards_of(out)) == ["new pairs"]
    assert cards_of(out)["new pairs"]["grnet (fused)"] == pytest.approx(card["rows"][0]["auroc"]["mean"], abs=6e-4)
    assert card["ablation"]["verdict"] in out
    statement = grnet.load_network(tmp_path / "demo" / "network").summary["statement"]
    assert "200 most probable of 852 candidates" in statement[0]
    assert set(statement) <= set(out.splitlines())
    assert out.splitlines()[-1] == f"open {tmp_path / 'demo' / 'network' / 'network.html'}"
    code, _, err = run("demo", "-o", tmp_path / "demo", "--overwrite")
    assert code == 0, err
    assert [path.name for path in tmp_path.iterdir()] == ["demo"]


def test_quiet_silences_progress_and_not_results(run, fused_run, tmp_path):
    code, out, err = run("infer-network", fused_run, "-o", tmp_path / "a", "--top", 5, "--quiet")
    assert (code, err) == (0, [])
    assert "5 most probable of 852 candidates" in out
    code, _, err = run("--quiet", "infer-network", fused_run, "-o", tmp_path / "b", "--top", 5)
    assert (code, err) == (0, [])


@pytest.mark.parametrize(
    "arguments",
    [
        ["demo", "-o", "taken"],
        ["simulate", "taken"],
        ["prepare", "taken", "--expression", "{lab}/expression_tfs.csv", "--tfs", "{lab}/tfs.txt"],
        ["train", "{dataset}", "-o", "taken"],
        ["infer-network", "{run}", "-o", "taken"],
        ["evaluate", "{network}", "--known", "{lab}/truth.parquet", "-o", "taken"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_an_output_that_exists_is_refused_and_kept(
    run, arguments, fused_network, fused_run, embryo_dataset, embryo_lab, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "thesis.txt").write_text("years of work", encoding="utf-8")
    before = snapshot(tmp_path)
    places = {"lab": embryo_lab, "dataset": embryo_dataset, "run": fused_run, "network": fused_network}
    code, out, err = run(*(argument.format(**places) for argument in arguments))
    assert (code, out) == (2, "")
    assert len(err) == 1
    assert err[0].startswith("grnet: error: taken: already exists")
    assert snapshot(tmp_path) == before


def test_overwrite_replaces_a_folder_of_its_kind(run, fused_run, tmp_path):
    network = tmp_path / "network"
    for top in (5, 7):
        code, _, _ = run("infer-network", fused_run, "-o", network, "--top", top, "--overwrite", "--quiet")
        assert code == 0
    assert len(pd.read_parquet(network / "edges.parquet")) == 7
    assert [path.name for path in tmp_path.iterdir()] == ["network"]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--probability", "1.5", "--top", "0"], "--probability lies in 0..1, got 1.5; --top is at least 1, got 0"),
        (["--device", "abacus"], "--device: 'abacus' is no device; expected auto, cpu, cuda or cuda:N"),
    ],
)
def test_every_wrong_option_is_named_in_one_line(run, fused_run, tmp_path, arguments, line):
    code, out, err = run("infer-network", fused_run, "-o", tmp_path / "network", *arguments, "--quiet")
    assert (code, out, err) == (2, "", [f"grnet: error: {line}"])
    assert list(tmp_path.iterdir()) == []


def test_debug_shows_the_traceback(tmp_path):
    arguments = ["-m", "grnet", "inspect", str(tmp_path / "none")]
    plain, debug = python(*arguments), python(*arguments, "--debug")
    assert plain.returncode == 2
    assert "Traceback" not in plain.stderr
    assert debug.returncode != 0
    assert debug.stderr.startswith("Traceback (most recent call last):")
    assert f"MissingInputError: {tmp_path / 'none'}: no such folder" in debug.stderr


def test_an_interrupt_ends_with_one_line_and_nothing_written(run, broken, tmp_path):
    arguments = broken(KeyboardInterrupt())
    code, out, err = run(*arguments, tmp_path / "network", "--quiet")
    assert (code, out) == (130, "")
    assert err == ["grnet: interrupted; no half-written folder was left behind"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (
            OSError(28, "No space left on device", "scores/part-00000.parquet"),
            "scores/part-00000.parquet: No space left on device; check the path, its permissions and free space",
        ),
        (PermissionError(13, "Permission denied", "x\x1b[31m"), "x\ufffd[31m: Permission denied; check the path, its "),
    ],
)
def test_errors_of_the_file_system_are_one_line(run, broken, tmp_path, error, line):
    code, out, err = run(*broken(error), tmp_path / "network", "--quiet")
    assert (code, out) == (2, "")
    assert len(err) == 1
    assert err[0].startswith(f"grnet: error: {line}")
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_place_of_the_parent_folder(run, fused_run, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    code, out, err = run("infer-network", fused_run, "-o", tmp_path / "file" / "network", "--quiet")
    assert (code, out) == (2, "")
    assert len(err) == 1
    assert err[0].startswith(f"grnet: error: {tmp_path / 'file'}")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_what_is_no_mistake_of_the_user_is_not_hidden(run, broken, tmp_path):
    code, _, err = run(*broken(ZeroDivisionError("a bug")), tmp_path / "network", "--quiet")
    assert code == 70
    assert err[-1].startswith("grnet: error: a fault of grnet itself (ZeroDivisionError: a bug); please report it")
    with pytest.raises(ZeroDivisionError):
        run(*broken(ZeroDivisionError("a bug")), tmp_path / "network", "--quiet", "--debug")
    assert list(tmp_path.iterdir()) == []
