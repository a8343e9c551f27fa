"""From the raw files of a simulated embryo to a network, checked against the truth that no model saw.

python examples/synthetic_embryo.py --out embryo
"""

from __future__ import annotations

import argparse
from pathlib import Path

import grnet
from grnet.architectures.configuring import configure_training


def main() -> None:
    """Simulate, prepare, train, infer, evaluate, explain, export, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("embryo"), help="new folder for everything that is written")
    parser.add_argument("--quick", action="store_true", help="a small embryo and a short training")
    chosen = parser.parse_args()
    sizes = {"n_tfs": 12, "n_targets": 60, "n_samples": 24} if chosen.quick else {}
    training = configure_training(epochs=5) if chosen.quick else configure_training()

    lab = grnet.simulate(chosen.out / "lab", **sizes)
    dataset = grnet.prepare(
        chosen.out / "dataset",
        expression=lab.expression,
        tfs=lab.tfs,
        known_edges=lab.known_edges,
        images=lab.images,
        name="synthetic embryo",
    )
    print(f"{dataset.n_genes} genes, {dataset.n_tfs} TFs, {dataset.n_images} images, {dataset.n_known} known pairs")

    trained = grnet.train(chosen.out / "dataset", chosen.out / "run", config=training)
    for row in trained.card.rows:
        accuracy, auroc = (row.figures[name].value for name in ("accuracy", "auroc"))
        print(f"out of fold: {row.name:<14} accuracy {accuracy:.3f}  AUROC {auroc:.3f}")
    print(trained.card.verdict)

    result = grnet.infer_network(chosen.out / "run", chosen.out / "network")
    edges = result.network.edges
    for sentence in result.network.summary["statement"]:
        print(sentence)

    novel = grnet.evaluate(chosen.out / "network", lab.truth, universe="all", novel_only=True)
    for ranking in novel.rankings:
        print(f"novel candidates: {ranking.name:<14} AUROC {ranking.auroc:.3f}  AUPRC {ranking.auprc:.3f}")

    best = edges[~edges["known"]].iloc[0]
    why = grnet.explain(
        chosen.out / "run", best["tf"], best["target"], chosen.out / "best", network=chosen.out / "network"
    ).pair
    parts = why.contributions
    print(
        f"{why.tf} -> {why.target}: score {parts.score:.2f} = baseline {parts.baseline:.2f} + RNA {parts.rna:.2f} "
        f"+ images {parts.image:.2f} + known network {parts.network:.2f}; "
        f"{why.places.of_target.place} of {why.places.of_target.among} regulators"
    )
    grnet.export(chosen.out / "network", ["decoupler", "sif"], out=chosen.out / "exported", top=500)
    print(f"open {chosen.out / 'network' / 'network.html'} and {chosen.out / 'best.html'}")


if __name__ == "__main__":
    main()
