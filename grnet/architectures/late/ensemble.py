"""All late-interaction models of a run as one: blocks of TFs × targets scored with stacked weights.

Enters: the K trained models, codes of TFs and of targets, and what is known of their pairs. Leaves: a logit for each
model and pair, the same as :class:`~grnet.architectures.late.network.LateInteraction` gives for
lists of pairs. Features are planes
[T, N], one behind the other, so that a layer of the head is one matrix product over all pairs of a block.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from grnet.architectures.device import kind_of
from grnet.architectures.late.arrays import GeneCodes, GeneInputs
from grnet.architectures.late.encoding import LARGEST_DEVIATION, PiecewiseLinear, Standardise
from grnet.architectures.late.known_network_part import KnownNetworkEnsemble
from grnet.architectures.late.network import LateInteraction, Tower, as_encoding
from grnet.architectures.late.parts import Part, find_pattern
from grnet.schema.features import SIMILAR_PAIR_FEATURES

GENES_AT_ONCE = {"cpu": 64, "accelerator": 2048}
"""Genes that go through the image encoder at a time."""


@dataclass(frozen=True)
class EnsembleCodes:
    """Genes after encoding, in one role, by all models.

    Attributes
    ----------
    hidden : mapping of str to tensor [K, H, G]
        What the gene adds to the first hidden layer of a tower ("rna", "image").
    maps : mapping of str to tensor [K, C, G, S]
        Feature maps of length 1 over space of each measurement whose values are pictures, 0 for a gene without one.
    present : mapping of str to bool tensor [G]
        For each measurement.
    """

    hidden: Mapping[str, Tensor]
    maps: Mapping[str, Tensor]
    present: Mapping[str, Tensor]

    def take(self, genes: Tensor | slice) -> EnsembleCodes:
        """Return the codes of some genes."""
        return EnsembleCodes(
            {name: values[:, :, genes] for name, values in self.hidden.items()},
            {name: values[:, :, genes] for name, values in self.maps.items()},
            {name: mask[genes] for name, mask in self.present.items()},
        )


class LateEnsemble:
    """K late-interaction models of one shape.

    Parameters
    ----------
    models : list of LateInteraction
        In evaluation mode, on one device.
    dtype : torch.dtype
        Of the products in the head: float32, or bfloat16, which rounds activations to 8 bits.
    """

    def __init__(self, models: list[LateInteraction], *, dtype: torch.dtype = torch.float32) -> None:
        self.models, self.dtype = models, dtype
        self.modalities, self.shape = models[0].modalities, models[0].shape
        self.towers = {name: _StackedTower([model.tower(name) for model in models], dtype) for name in self.modalities}
        self.parts = models[0].parts
        networks = [model.known_network for model in models if model.known_network is not None]
        self.network = KnownNetworkEnsemble(networks, dtype=dtype) if networks else None
        self.weights = torch.stack([model.weights for model in models])  # [K, 3, parts]
        self.base = torch.stack([model.base for model in models])  # [K, 3]
        # One model after the other keeps what a processor works on in its cache; a GPU wants all at once.
        self.at_once = 1 if kind_of(self.base.device) == "cpu" else len(models)

    @property
    def weighs_network(self) -> bool:
        """Whether the known network counts in any model."""
        if self.network is None or self.network.is_silent:
            return False
        return bool((self.weights[..., self.parts.index(Part("known network"))] > 0).any())

    @property
    def weighted_kernels(self) -> tuple[str, ...]:
        """Measurements whose kernel counts in any model."""
        counts = self.weights.amax(dim=(0, 1)) > 0
        return tuple(
            part.measurement for part, some in zip(self.parts, counts, strict=True) if part.source == "kernel" and some
        )

    def encode(self, genes: GeneInputs, role: str, *, modalities: tuple[str, ...]) -> EnsembleCodes:
        """Encode genes in one role, "tf" or "target", for some modalities, by all models."""
        codes = [
            [model.encode(part, modalities=modalities, roles=(role,)) for part in _parts(genes)]
            for model in self.models
        ]
        hidden = {
            name: torch.stack([torch.cat([getattr(part, role)[name] for part in own]).T for own in codes])
            for name in modalities
        }
        pictures = [name for modality in modalities for name in self.models[0].tower(modality).pictures]
        maps = {
            name: torch.stack([_join_maps(own, f"{role}_maps", name) for own in codes]).transpose(1, 2)
            for name in pictures
        }
        return EnsembleCodes(
            {name: values.to(self.dtype).contiguous() for name, values in hidden.items()},
            {name: values.to(self.dtype).contiguous() for name, values in maps.items()},
            genes.present,
        )

    def score(
        self,
        context: Mapping[str, Tensor],
        similar: Mapping[str, Iterable[Tensor]],
        kernels: Mapping[str, tuple[Tensor, Tensor]],
        network: Tensor | None,
        tf: EnsembleCodes,
        target: EnsembleCodes,
    ) -> Tensor:
        """Return the logits of every pair of a block.

        Parameters
        ----------
        context : mapping of str to float32 tensor [F, T, N]
            Context features for each measurement of the modalities that the codes are of.
        similar : mapping of str to iterable of float32 tensor [T, K, N]
            What the labelled pairs of similar genes say to each model by each measurement, feature by feature.
        kernels : mapping of str to two float32 tensors [K, T, D] and [N, D]
            By measurement, what each TF looks for in its targets, and the features of these targets.
        network : float32 tensor [K, T, N] or None
            What the known network says, see `network.score`; None where it does not count.
        tf, target : EnsembleCodes
            Of T TFs and N targets, for the same modalities.

        Returns
        -------
        float32 tensor [K, T, N]
        """
        shared = {name: tf.present[name].unsqueeze(1) & target.present[name] for name in context}
        inputs = {
            name: _PairInputs(
                context=context,
                shared=shared,
                similar={measure: list(similar[measure]) for measure in self.towers[name].names},
                maps=self._correlate_maps(self.towers[name].pictures, tf, target),
            )
            for name in tf.hidden
        }
        has = {
            name: torch.stack([shared[measure] for measure in self.towers[name].names]).any(dim=0) for name in inputs
        }
        pattern = _find_one_pattern(has)
        groups = [slice(first, first + self.at_once) for first in range(0, len(self.models), self.at_once)]
        logits = []
        for models in groups:
            said = self._look(models, inputs, tf, target)
            said |= {Part("tower", name): said[Part("tower", name)] * shared for name, shared in has.items()}
            for part in self.parts:
                if part.source == "kernel" and part.measurement in kernels:
                    wanted, features = kernels[part.measurement]
                    said[part] = wanted[models] @ features.T
            if network is not None:
                said[Part("known network")] = network[models]
            logits.append(self._add_up(models, said, pattern))
        return torch.cat(logits)

    def _look(
        self, models: slice, inputs: Mapping[str, _PairInputs], tf: EnsembleCodes, target: EnsembleCodes
    ) -> dict[Part, Tensor]:
        """Return what the towers of some of the models say, [k, T, N] each."""
        said = {}
        for name, given in inputs.items():
            genes = tf.hidden[name][models].unsqueeze(-1), target.hidden[name][models].unsqueeze(-2)
            said[Part("tower", name)] = self.towers[name].look(models, given, genes)
        return said

    def _add_up(self, models: slice, said: Mapping[Part, Tensor], pattern: int | Tensor) -> Tensor:
        """Return the weighted sum [k, T, N] of what is said; `pattern` is one for all pairs, or of each [T, N]."""
        base, weights = self.base[models][:, pattern], self.weights[models][:, pattern]  # [k, ...], [k, ..., parts]
        if isinstance(pattern, int):
            base, weights = base[:, None, None], weights[:, None, None]
        total: Tensor = base
        for place, part in enumerate(self.parts):
            if part in said:
                total = total + weights[..., place] * said[part]
        return total

    @staticmethod
    def _correlate_maps(pictures: tuple[str, ...], tf: EnsembleCodes, target: EnsembleCodes) -> Tensor | None:
        """Return the correlation over space of each picture's channels, [K, V C, T, N]; None without pictures."""
        maps = [tf.maps[name] @ target.maps[name].transpose(-1, -2) for name in pictures]
        return torch.cat(maps, dim=1) if maps else None


@dataclass(frozen=True)
class _PairInputs:
    """What a tower reads of the pairs of a block.

    `context` [F, T, N], `shared` [T, N] and `similar`, features [T, K, N], by measurement; `maps` [K, V C, T, N].
    """

    context: Mapping[str, Tensor]
    shared: Mapping[str, Tensor]
    similar: Mapping[str, list[Tensor]]
    maps: Tensor | None


class _StackedTower:
    """The towers of K models for one modality: encodings of numbers, then the layers of the head."""

    def __init__(self, towers: list[Tower], dtype: torch.dtype) -> None:
        self.names, self.pictures, self.dtype = towers[0].names, towers[0].pictures, dtype
        self.context, self.similar = (
            [_StackedEncoding([as_encoding(part[place]) for part in parts]) for place in range(len(self.names))]
            for parts in ([tower.context for tower in towers], [tower.similar for tower in towers])
        )
        self.first = _Layer([tower.from_pair for tower in towers], dtype)
        rests = [[layer for layer in tower.rest if isinstance(layer, nn.Linear)] for tower in towers]
        self.rest = [_Layer(list(layers), dtype) for layers in zip(*rests, strict=True)]
        self.out = _Layer([tower.out for tower in towers], torch.float32)

    def look(self, models: slice, given: _PairInputs, genes: tuple[Tensor, Tensor]) -> Tensor:
        """Return the logits [k, T, N] of some models; `genes` is what genes add to the first hidden layer."""
        height, width = next(iter(given.shared.values())).shape
        pairs = self._fill(models, given, (height, width))
        of_genes = (genes[0] + self.first.bias[models].unsqueeze(-1)) + genes[1]  # [k, H, T, N]
        hidden = self.first.add_to(of_genes.flatten(-2), models, pairs).relu_()
        for layer in self.rest:
            hidden = layer(models, hidden).relu_()
        logit: Tensor = self.out(models, hidden.float()).unflatten(-1, (height, width)).squeeze(1)
        return logit

    def _fill(self, models: slice, given: _PairInputs, shape: tuple[int, int]) -> Tensor:
        """Return the encoded features of pairs in the order of the first layer's weights, [k, F, T N]."""
        n_models, n_inputs = self.first.weight[models].shape[0], self.first.weight.shape[2]
        planes = torch.empty((n_models, n_inputs, *shape), dtype=self.dtype, device=self.first.weight.device)
        place = 0
        for name, encoding in zip(self.names, self.context, strict=True):
            part = planes[:, place : place + encoding.n_out]
            encoding.encode(models, given.context[name].unsqueeze(0), part)
            # to ask saves work on a processor; on an accelerator, to wait for the answer costs more
            if kind_of(planes.device) != "cpu" or not bool(given.shared[name].all()):
                part *= given.shared[name]
            place += encoding.n_out
        for name in self.names:
            planes[:, place] = given.shared[name]
            place += 1
        for name, encoding in zip(self.names, self.similar, strict=True):
            encoding.encode_each(
                models,
                (feature[:, models].transpose(0, 1) for feature in given.similar[name]),
                planes[:, place : place + SIMILAR_PAIR_FEATURES],
            )
            place += SIMILAR_PAIR_FEATURES
        if given.maps is not None:
            planes[:, place:] = given.maps[models]
        return planes.flatten(-2)


class _StackedEncoding:
    """The same encoding of K models, for features that are planes."""

    def __init__(self, encodings: list[Standardise | PiecewiseLinear]) -> None:
        first = encodings[0]
        self.n_out = first.n_out
        self.bins = first.bins if isinstance(first, PiecewiseLinear) else None
        starts, widths = zip(*map(_start_and_width, encodings), strict=True)
        # (x - start) / width as x / width - start / width
        self.factor = 1.0 / torch.stack(widths)[..., None, None]  # [K, F, 1, 1] or [K, F, B, 1, 1]
        self.shift = -torch.stack(starts)[..., None, None] * self.factor
        self.low, self.high = (0.0, 1.0) if self.bins else (-LARGEST_DEVIATION, LARGEST_DEVIATION)

    def encode(self, models: slice, values: Tensor, out: Tensor) -> None:
        """Write the encoding of planes [1 or k, F, T, N] of some models into `out` [k, n_out, T, N]."""
        if self.bins:
            values = values.unsqueeze(2)
            out = out.unflatten(1, (-1, self.bins))
        torch.addcmul(self.shift[models], values, self.factor[models], out=out)
        out.clamp_(self.low, self.high)

    def encode_each(self, models: slice, features: Iterable[Tensor], out: Tensor) -> None:
        """Write the encoding of features [k, T, N] that lie apart in memory into the planes `out` [k, F, T, N]."""
        shifts, factors = self.shift[models].unbind(1), self.factor[models].unbind(1)
        for shift, factor, feature, plane in zip(shifts, factors, features, out.unbind(1), strict=True):
            torch.addcmul(shift, feature, factor, out=plane)
        out.clamp_(self.low, self.high)


class _Layer:
    """The same linear layer of K models."""

    def __init__(self, layers: list[nn.Linear], dtype: torch.dtype) -> None:
        self.weight = torch.stack([layer.weight.detach() for layer in layers]).to(dtype)  # [K, out, in]
        self.bias = torch.stack([layer.bias.detach() for layer in layers]).to(dtype).unsqueeze(-1)

    def __call__(self, models: slice, planes: Tensor) -> Tensor:
        """Return the layer of some models on planes [k, in, P]: [k, out, P]."""
        return torch.baddbmm(self.bias[models], self.weight[models], planes)

    def add_to(self, sums: Tensor, models: slice, planes: Tensor) -> Tensor:
        """Add the products with planes [k, in, P] to `sums` [k, out, P], in place, without the bias."""
        return sums.baddbmm_(self.weight[models], planes)


def _find_one_pattern(has: Mapping[str, Tensor]) -> int | Tensor:
    """Return the position in PATTERNS of all pairs of a block, or of each, int64 [T, N], where they differ."""
    nothing = torch.zeros_like(next(iter(has.values())))
    pattern = find_pattern(has.get("rna", nothing), has.get("image", nothing))
    first = pattern.flatten()[0]
    return int(first) if bool((pattern == first).all()) else pattern


def _start_and_width(encoding: Standardise | PiecewiseLinear) -> tuple[Tensor, Tensor]:
    if isinstance(encoding, Standardise):
        return encoding.mean, encoding.scale
    return encoding.start, encoding.width


def _parts(genes: GeneInputs) -> list[GeneInputs]:
    """Divide genes so that encoding their images takes little memory."""
    device = next(iter(genes.present.values())).device
    rows = torch.arange(genes.n_genes, device=device)
    return [genes.take(part) for part in rows.split(GENES_AT_ONCE[kind_of(rows.device)])]


def _join_maps(parts: list[GeneCodes], role: str, name: str) -> Tensor:
    """Return the feature maps [G, C, S] of consecutive parts of genes by a measurement."""
    return torch.cat([getattr(part, role)[name] for part in parts])
