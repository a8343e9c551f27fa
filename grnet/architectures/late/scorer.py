"""Blocks of TFs × targets → logits of late interaction's fold models, in tiles that fit a cache or fill a GPU.

TFs are encoded once, when the scorer is made; targets when a block with all TFs comes, so each once as well and never
all at a time.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from grnet.architectures.device import kind_of
from grnet.architectures.explained_pairs import ExplainedPairs
from grnet.architectures.late.arrays import GeneInputs
from grnet.architectures.late.contributions import divide_late
from grnet.architectures.late.ensemble import EnsembleCodes, LateEnsemble
from grnet.architectures.late.network import LateInteraction
from grnet.architectures.late.occlusion import look_by_occlusion
from grnet.architectures.late.parts import Part
from grnet.architectures.pair_scorer import PairScorer
from grnet.features.known_network import KNOWN_NETWORK_FEATURES, KnownNetworkBlocks
from grnet.features.pairs import ContextTable, context_tables
from grnet.features.pairwise_kernel import PairwiseKernel
from grnet.features.similar_pair_blocks import SimilarPairBlocks, TargetSums
from grnet.features.similar_pairs import PairLabels
from grnet.schema.arrays import Bools, Float32, Indices
from grnet.schema.evidence import Contributions, Saliency
from grnet.schema.features import GeneFeatures

TILE_PAIRS = {"cpu": 8192, "accelerator": 131_072}
"""Most pairs that go through the models at a time: about what stays in a processor's cache, or fills a GPU."""
STRIP_GENES = {"cpu": 128, "accelerator": 2048}
"""Most targets of such a tile."""
NETWORK_GENES = {"cpu": 512, "accelerator": 4096}
"""Most targets for which the numbers of the known network are worked out at a time."""
STRIP_TFS = 512
"""Most TFs for which sums over labelled pairs are held at a time."""
MOST_ALIKE = 2**26
"""Numbers that may be kept of how alike TFs are to those with labelled pairs; of more, they are worked out again."""
SUMS_OF_A_PAIR = 11
"""Arrays of sums over labelled pairs that are held at a time."""


class LateScorer(PairScorer):
    """Scores blocks of TFs × targets with all fold models.

    Parameters
    ----------
    models : list of LateInteraction
        K fold models on one device, in evaluation mode.
    features : GeneFeatures
    device : torch.device
    tfs : int64 array
        Genes that are going to be TFs of blocks: these are encoded beforehand.
    dtype : torch.dtype
        Of the products in the models' heads.
    """

    def __init__(
        self,
        models: list[LateInteraction],
        features: GeneFeatures,
        device: torch.device,
        *,
        tfs: Indices,
        dtype: torch.dtype = torch.float32,
    ) -> None:
        self.ensemble, self.features, self.device = LateEnsemble(models, dtype=dtype), features, device
        self.modalities, self.modality = models[0].modalities, models[0].config.modality
        self.tables: dict[str, ContextTable] = context_tables(features, self.modality, device)
        self.has_image = features.present("image")
        kind = kind_of(device)
        self.tile_pairs, self.strip_genes, self.network_genes = TILE_PAIRS[kind], STRIP_GENES[kind], NETWORK_GENES[kind]
        labels = [PairLabels(*model.labelled) for model in models]
        self.similar = {
            name: SimilarPairBlocks(table.rows(), [own.among(table.present) for own in labels])
            for name, table in self.tables.items()
        }
        self.genes = GeneInputs.from_features(features, device)
        self.tfs = np.unique(tfs)
        self.tf_genes = torch.from_numpy(self.tfs).to(device)
        self.kernels = {p.name: PairwiseKernel.of(p, device) for p in features.of_modality(self.modality)}
        self.wanted = self._weigh_targets()
        self.network = KnownNetworkBlocks(labels, features.n_genes) if self.ensemble.weighs_network else None
        self.alike = {name: self._compare_tfs(blocks) for name, blocks in self.similar.items()}
        self.encoded = {modalities: self._encode_tfs(tfs, modalities) for modalities in self._kinds()}

    @property
    def n_models(self) -> int:
        """Number of fold models K."""
        return len(self.ensemble.models)

    def scorable(self, tf: Indices, target: Indices) -> Bools:
        """Return which pairs of a block [T, N] share a measurement that the models look at."""
        return self.features.scorable(self.modality, tf[:, None], target)

    def take_less(self) -> bool:
        """Look at half as many pairs at a time from now on; return False where it is one already."""
        before = self.tile_pairs, self.strip_genes, self.network_genes
        self.tile_pairs, self.strip_genes, self.network_genes = (max(number // 2, 1) for number in before)
        return (self.tile_pairs, self.strip_genes, self.network_genes) != before

    def fit_memory(self, budget: int, n_tfs: int) -> int:
        """Look at as few pairs at a time as fit into `budget` bytes, with `n_tfs` TFs; return what a block takes."""
        while self._needs(n_tfs) > budget and self.take_less():
            pass
        return self._needs(n_tfs)

    def _needs(self, n_tfs: int) -> int:
        """Return about how many bytes a block takes beside its logits."""
        models = self.n_models
        shape, hidden = self.ensemble.shape, self.ensemble.models[0].config.hidden
        rows = sum(min(n_tfs, STRIP_TFS) * SUMS_OF_A_PAIR + 3 * len(blocks.tfs) for blocks in self.similar.values())
        sums = rows * self.strip_genes * 2 * models
        planes = max(tower.first.weight.shape[2] for tower in self.ensemble.towers.values()) + 3 * hidden
        of_tile = self.tile_pairs * (planes * self.ensemble.at_once + 6 * sum(shape.context.values()))
        pixels = sum(maps[0].numel() for maps in self.genes.maps.values())
        codes = self.strip_genes * models * pixels * self.ensemble.models[0].config.channels[-1]
        return 4 * (sums + of_tile + codes + self._network_needs(n_tfs))

    def _network_needs(self, n_tfs: int) -> int:
        """Return about how many numbers the known network takes: of the graph, and of the pairs at a time."""
        if self.network is None:
            return 0
        height = min(n_tfs, STRIP_TFS)
        of_graph = self.network.graph.overlap.numel() + 4 * height * self.n_models * (len(self.network.graph.tfs) + 1)
        return of_graph + 2 * len(KNOWN_NETWORK_FEATURES) * self.n_models * height * self.network_genes

    def score(self, tf: Indices, target: Indices) -> Float32:
        """Return the logits of every pair of a block from every fold model.

        Parameters
        ----------
        tf : int64 array [T]
        target : int64 array [N]

        Returns
        -------
        float32 array [K, T, N]
            NaN where a pair is not scorable.
        """
        scores = torch.full((self.n_models, len(tf), len(target)), torch.nan, device=self.device)
        with torch.inference_mode():
            network = self._ask_network(tf, target)
            for columns in self._divide_targets(target):
                self._score_strip(tf, target[columns], columns, network, scores)
        result: Float32 = scores.cpu().numpy()
        result[:, ~self.scorable(tf, target)] = np.nan
        return result

    def _ask_network(self, tf: Indices, target: Indices) -> Tensor | None:
        """Return what the known network says of a block, float32 [K, T, N]; None where it does not count."""
        if self.network is None or self.ensemble.network is None or not len(tf) or not len(target):
            return None
        logits = torch.empty((self.n_models, len(tf), len(target)), device=self.device)
        tfs, genes = (torch.from_numpy(index.copy()).to(self.device) for index in (tf, target))
        for rows in torch.arange(len(tf), device=self.device).split(STRIP_TFS):
            for columns in torch.arange(len(target), device=self.device).split(self.network_genes):
                numbers = self.network.strip(tfs[rows], genes[columns]).features(slice(None))
                logits[:, rows[:, None], columns] = self.ensemble.network.score(numbers)
        return logits

    def _kinds(self) -> list[tuple[str, ...]]:
        """Return the sets of modalities that parts of a block are looked at with."""
        return [self.modalities] if len(self.modalities) == 1 else [("rna",), self.modalities]

    def _divide_targets(self, target: Indices) -> Iterator[Indices]:
        """Yield strips of targets as positions: all with images, or all without where that matters."""
        groups = [np.arange(len(target))]
        if len(self.modalities) > 1:
            groups = [np.flatnonzero(self.has_image[target] == has) for has in (True, False)]
        width = min(self.strip_genes, self.tile_pairs)
        for group in groups:
            if len(group):
                yield from np.array_split(group, -(-len(group) // width))

    def _divide_tfs(self, tf: Indices, target: Indices) -> Iterator[tuple[tuple[str, ...], Indices]]:
        """Yield parts of TFs as positions, with the modalities to look at: images where both genes have any."""
        groups = [(self.modalities, np.arange(len(tf)))]
        if len(self.modalities) > 1:
            sees = self.has_image[tf] & self.has_image[target[0]]
            groups = [(("rna",), np.flatnonzero(~sees)), (self.modalities, np.flatnonzero(sees))]
        for modalities, group in groups:
            if len(group):
                yield from ((modalities, part) for part in np.array_split(group, -(-len(group) // STRIP_TFS)))

    def _score_strip(
        self, tf: Indices, target: Indices, columns: Indices, network: Tensor | None, scores: Tensor
    ) -> None:
        """Write the logits of all TFs with a strip of targets into `scores` [K, T, N], at `columns`.

        `network` [K, T, N] is what the known network says of all of them.
        """
        parts = [
            (modalities, rows, self._place_codes(tf[rows], modalities))
            for modalities, rows in self._divide_tfs(tf, target)
        ]
        of_tfs = [index for _, rows, codes in parts for index in (rows, np.searchsorted(self.tfs, tf[rows]), codes)]
        genes, places, *sent = self._send(target, columns, *of_tfs)
        sums: dict[str, TargetSums] = {}
        encoded: dict[tuple[str, ...], EnsembleCodes] = {}
        height = max(self.tile_pairs // len(target), 1)
        for modalities, rows, codes in parts:
            at, place_of_tfs, place_of_codes = sent[:3]
            del sent[:3]
            if modalities not in encoded:
                encoded[modalities] = self.ensemble.encode(self.genes.take(genes), "target", modalities=modalities)
            tfs, tf_codes = self.tf_genes[place_of_tfs], self.encoded[modalities][1]
            if not np.array_equal(codes, np.arange(len(self.encoded[modalities][0]))):
                tf_codes = tf_codes.take(place_of_codes)
            names = self._measurements(modalities)
            sums |= {name: self.similar[name].of_targets(genes) for name in names if name not in sums}
            contexts = {name: self.tables[name].strip(tfs, genes) for name in names}
            kernels = self._kernels_of(place_of_tfs, genes, names)
            strips = {
                name: self.similar[name].strip(sums[name], tfs, self._alike_of(place_of_tfs, name)) for name in names
            }
            for top in range(0, len(rows), height):
                tile = slice(top, top + height)
                context = {name: context_of.features(tile) for name, context_of in contexts.items()}
                said = {name: strip.features(tile) for name, strip in strips.items()}
                known = {name: (wanted[:, tile], of_targets) for name, (wanted, of_targets) in kernels.items()}
                place = (slice(None), at[tile, None], places)
                links = None if network is None else network[place]
                logits = self.ensemble.score(context, said, known, links, tf_codes.take(tile), encoded[modalities])
                scores[place] = logits

    def _compare_tfs(self, blocks: SimilarPairBlocks) -> Tensor | None:
        """Return how alike TFs are to those with labelled pairs, [kernels, T, V]; None where it is too much to hold."""
        if 3 * len(self.tfs) * len(blocks.tfs) > MOST_ALIKE:
            return None
        with torch.inference_mode():
            return blocks.alike_tfs(self.tf_genes)

    def _send(self, *positions: Indices) -> tuple[Tensor, ...]:
        """Copy lists of positions to the device, all at once: many small copies would take longer than the work."""
        sent = torch.from_numpy(np.concatenate(positions)).to(self.device)
        parts: tuple[Tensor, ...] = sent.split([len(some) for some in positions])
        return parts

    def _alike_of(self, place: Tensor, name: str) -> Tensor:
        """Return how alike the TFs at some places are to those with labelled pairs, by a measurement."""
        alike = self.alike[name]
        return self.similar[name].alike_tfs(self.tf_genes[place]) if alike is None else alike[:, place]

    def _weigh_targets(self) -> dict[str, Tensor]:
        """Return what each TF looks for in its targets by each measurement whose kernel counts, [K, T, D]."""
        counting = self.ensemble.weighted_kernels
        with torch.inference_mode():
            of_models = [model.score_kernels(self.kernels) for model in self.ensemble.models]
            return {
                name: torch.stack([scores[name].weights_of(self.tf_genes) for scores in of_models]) for name in counting
            }

    def _kernels_of(self, place: Tensor, genes: Tensor, names: list[str]) -> dict[str, tuple[Tensor, Tensor]]:
        """Return what TFs at some places look for, [K, T, D], and the features of targets, [N, D]."""
        return {
            name: (wanted[:, place], self.kernels[name].features[genes])
            for name, wanted in self.wanted.items()
            if name in names
        }

    def _measurements(self, modalities: tuple[str, ...]) -> list[str]:
        return [name for modality in modalities for name in self.ensemble.shape.measurements(modality)]

    def _encode_tfs(self, tfs: Indices, modalities: tuple[str, ...]) -> tuple[Indices, EnsembleCodes]:
        """Return the TFs, sorted, that some modalities are looked at with, and their codes."""
        wanted = np.unique(tfs)
        if "image" in modalities and "rna" in modalities:
            wanted = wanted[self.has_image[wanted]]
        genes = torch.from_numpy(wanted).to(self.device)
        with torch.inference_mode():
            return wanted, self.ensemble.encode(self.genes.take(genes), "tf", modalities=modalities)

    def _place_codes(self, tf: Indices, modalities: tuple[str, ...]) -> Indices:
        """Return the places of TFs among the codes that were worked out beforehand."""
        places: Indices = np.searchsorted(self.encoded[modalities][0], tf)
        return places

    def find_contributions(self, explained: ExplainedPairs) -> list[Contributions]:
        """Return what RNA, images and both together add, exactly as the models add it up."""
        return divide_late(self, explained)

    def find_image_use(self, explained: ExplainedPairs) -> Bools:
        """Return for which pairs [P] images count in any of the judges, beside RNA."""
        if len(self.modalities) < 2:
            return super().find_image_use(explained)
        of_images = [part.modality == "image" for part in self.ensemble.parts]
        counts = (self.ensemble.weights[:, -1, of_images] > 0).any(dim=1).cpu().numpy()
        used: Bools = np.asarray((explained.judges & counts[:, None]).any(axis=0))
        return used

    def find_mapped(self, explained: ExplainedPairs) -> Bools:
        """Return for which pairs [P] the image network counts in any of the judges: kernels of images have no map."""
        if "image" not in self.modalities:
            return np.zeros(len(explained.pairs), dtype=bool)
        tower = self.ensemble.parts.index(Part("tower", "image"))
        has_rna = np.zeros(len(explained.pairs), dtype=bool)
        if "rna" in self.modalities:
            has_rna = self.features.scorable("rna", explained.pairs.tf, explained.pairs.target)
        counts = self.ensemble.weights[:, :, tower].cpu().numpy() > 0  # [K, 3]
        of_judges = np.where(has_rna, counts[:, 2:], counts[:, 1:2])
        mapped: Bools = np.asarray((explained.judges & of_judges).any(axis=0))
        return mapped

    def find_saliency(self, explained: ExplainedPairs, views: tuple[str, ...]) -> list[Saliency | None]:
        """Return how much covering a patch of a gene's mean image takes from the score."""
        return list(look_by_occlusion(self, explained))
