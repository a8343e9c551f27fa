"""Blocks of TFs × targets → logits of late interaction's fold models, in tiles that fit a cache or fill a GPU."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from grnet.features.known_edges import KnownEdges, KnownEdgeSums
from grnet.features.pairs import ContextTable, context_tables
from grnet.models.arrays import GeneCodes, GeneInputs
from grnet.models.late import LateInteraction
from grnet.schema.features import KNOWN_EDGES, Bools, GeneFeatures
from grnet.schema.genes import Indices

Floats = npt.NDArray[np.float32]
TILE_PAIRS = {"cpu": 2048, "cuda": 32_768}
"""Most pairs that go through the models at a time: what stays in a processor's cache, or fills a GPU."""
STRIP_GENES = 2048
"""Most targets for which what known edges say is worked out at a time, for all TFs of a block."""


class LateScorer:
    """Scores blocks of TFs × targets with all fold models; every gene is encoded once, when it is made.

    Parameters
    ----------
    models : list of LateInteraction
        K fold models on one device, in evaluation mode.
    features : GeneFeatures
    device : torch.device
    """

    def __init__(self, models: list[LateInteraction], features: GeneFeatures, device: torch.device) -> None:
        self.models, self.features, self.device = models, features, device
        self.modalities = models[0].modalities
        self.tables: dict[str, ContextTable] = context_tables(features, models[0].config.modality, device)
        self.has_image = features.present("image")
        self.known: KnownEdgeSums | None = None
        if "rna" in self.modalities:
            (name,) = models[0].shape.measurements("rna")
            self.known = KnownEdgeSums(self.tables[name].unit[0], [KnownEdges(*model.known) for model in models])
        genes = GeneInputs.from_features(features, device)
        with torch.inference_mode():
            self.codes: list[GeneCodes] = [model.encode(genes) for model in models]

    @property
    def n_models(self) -> int:
        """Number of fold models K."""
        return len(self.models)

    def scorable(self, tf: Indices, target: Indices) -> Bools:
        """Return which pairs [P] share a measurement that the models look at."""
        return self.features.scorable(self.models[0].config.modality, tf, target)

    def score(self, tf: Indices, target: Indices) -> Floats:
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
        scores = np.empty((len(self.models), len(tf), len(target)), dtype=np.float32)
        for modalities, rows, columns in self._divide(tf, target):
            for strip in np.array_split(columns, -(-len(columns) // STRIP_GENES)):
                scores[:, rows[:, None], strip] = self._score_strip(modalities, tf[rows], target[strip])
        scorable = self.scorable(np.repeat(tf, len(target)), np.tile(target, len(tf)))
        scores[:, ~scorable.reshape(len(tf), len(target))] = np.nan
        return scores

    def _divide(self, tf: Indices, target: Indices) -> Iterator[tuple[tuple[str, ...], Indices, Indices]]:
        """Yield parts of a block as positions, with the modalities to look at: images where both genes have any."""
        if self.modalities != ("rna", "image"):
            yield self.modalities, np.arange(len(tf)), np.arange(len(target))
            return
        for tf_has in (False, True):
            for target_has in (False, True):
                rows = np.flatnonzero(self.has_image[tf] == tf_has)
                columns = np.flatnonzero(self.has_image[target] == target_has)
                if len(rows) and len(columns):
                    yield (self.modalities if tf_has and target_has else ("rna",)), rows, columns

    def _tile(self, n_rows: int, n_columns: int) -> Iterator[tuple[slice, slice]]:
        """Yield slices that cover n_rows × n_columns in tiles of at most TILE_PAIRS pairs."""
        largest = TILE_PAIRS[self.device.type]
        width = min(n_columns, largest)
        height = max(largest // width, 1)
        for top in range(0, n_rows, height):
            for left in range(0, n_columns, width):
                yield slice(top, top + height), slice(left, left + width)

    def _score_strip(self, modalities: tuple[str, ...], tf: Indices, target: Indices) -> Floats:
        """Return the logits [K, T, N] of a block from some modalities."""
        rows, columns = (torch.from_numpy(index).to(self.device) for index in (tf, target))
        scores = torch.empty((len(self.models), len(tf), len(target)), device=self.device)
        with torch.inference_mode():
            known = self.known.of_block(rows, columns) if self.known is not None and "rna" in modalities else None
            for tile in self._tile(len(tf), len(target)):
                said = None if known is None else known[:, tile[0], tile[1]]
                scores[:, tile[0], tile[1]] = self._score_tile(modalities, rows[tile[0]], columns[tile[1]], said)
        result: Floats = scores.cpu().numpy()
        return result

    def _score_tile(self, modalities: tuple[str, ...], rows: Tensor, columns: Tensor, known: Tensor | None) -> Tensor:
        """Return the logits [K, T, N] of a tile; `known` [K, T, N, F] is what known edges say to each model."""
        context = {
            name: table.of_block(rows, columns)
            for name, table in self.tables.items()
            if any(name in self.models[0].shape.measurements(modality) for modality in modalities)
        }
        logits = []
        for number, (model, codes) in enumerate(zip(self.models, self.codes, strict=True)):
            chosen = codes.only(modalities)
            if known is not None:
                context[KNOWN_EDGES] = known[number]
            logits.append(model(context, chosen.take(rows), chosen.take(columns), block=True).total)
        return torch.stack(logits)
