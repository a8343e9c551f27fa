"""What a model of RNA-seq adds to plain correlation, on the fly tables of the 2022 study.

python examples/fly_eye.py --out fly --data FOLDER

FOLDER (or the environment variable GRNET_REAL_DATA) holds fly-eye/ with tf_dataset.xlsx, gene_dataset.xlsx,
new_benchmark_dataset.xlsx and images.csv; data/README.md says where they come from.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import grnet
from grnet.architectures.configuring import configure_training
from grnet.schema.training_config import ReportScope

DEFAULT_DATA = os.environ.get("GRNET_REAL_DATA", str(Path(__file__).parent.parent / "../shared/data"))


def main() -> None:
    """Prepare, train on RNA, infer, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("fly"), help="new folder for everything that is written")
    parser.add_argument("--data", type=Path, default=Path(DEFAULT_DATA), help="folder that holds fly-eye/")
    parser.add_argument("--quick", action="store_true", help="a short training, judged on new pairs alone")
    chosen = parser.parse_args()
    source = chosen.data / "fly-eye"
    training = configure_training(folds=2, epochs=4) if chosen.quick else configure_training()
    report: ReportScope = "pair" if chosen.quick else "all"

    dataset = grnet.prepare(
        chosen.out / "dataset",
        expression=[source / "tf_dataset.xlsx", source / "gene_dataset.xlsx"],
        tfs=source / "tf_dataset.xlsx",
        known_edges=source / "new_benchmark_dataset.xlsx",
        images=source / "images.csv",
        aliases={"Dp": "Dp2"},
        name="fly eye",
    )
    print(f"{dataset.n_genes} genes, {dataset.n_tfs} TFs, {dataset.n_images} images, {dataset.n_known} known pairs")
    for reason, count in dataset.n_rejected_by_reason.items():
        print(f"refused: {reason}, {count} rows")

    trained = grnet.train(chosen.out / "dataset", chosen.out / "run", modality="rna", report=report, config=training)
    for split, card in trained.cards.items():
        for row in card.rows:
            accuracy, auroc = (row.figures[name].value for name in ("accuracy", "auroc"))
            print(f"{split:<6} {row.name:<28} accuracy {accuracy:.4f}  AUROC {auroc:.4f}")

    network = grnet.infer_network(chosen.out / "run", chosen.out / "network").network
    for sentence in network.summary["statement"]:
        print(sentence)
    for edge in network.edges[~network.edges["known"]].head(5).itertuples():
        print(f"novel: {edge.tf} -> {edge.target}  rank {edge.rank}  r {edge.correlation:+.2f}")
    print(f"open {chosen.out / 'network' / 'network.html'}")


if __name__ == "__main__":
    main()
