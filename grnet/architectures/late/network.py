"""Late interaction: every gene is encoded once, a pair is scored from cheap interactions of two encodings.

Enters: what is known of each gene (levels, pictures), the context of pairs by each measurement, and what labelled pairs
say of them. Leaves: the logit of "this TF regulates this target", with the parts that it is the sum of, see
:mod:`grnet.architectures.late.parts`. The roles of TF and target have weights of their own, so score(a → b) differs
from score(b → a).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from grnet.architectures.input_shape import InputShape
from grnet.architectures.late.arrays import GeneCodes, GeneInputs, Logits, TowerLogits
from grnet.architectures.late.config import LateConfig
from grnet.architectures.late.encoding import ROLES, MapEncoder, PiecewiseLinear, Standardise
from grnet.architectures.late.known_network_part import KnownNetworkPart
from grnet.architectures.late.parts import PATTERNS, Part, find_pattern, list_parts, towers_alone
from grnet.features.pairwise_kernel import KernelScores, PairwiseKernel
from grnet.schema.features import BY_KNOWN_NETWORK, SIMILAR_PAIR_FEATURES, by_kernel, by_similar_pairs

LEVEL_BINS = 8


class Tower(nn.Module):
    """The head of one modality: pair features and the two genes' own features → hidden vector → logit.

    Images are fitted on labelled pairs, which are few: bins let a small head make sharp cuts, dropout keeps it from
    learning pairs by heart. RNA is fitted on any number of candidates: a deeper head on plain numbers learns the cuts.
    """

    def __init__(self, shape: InputShape, modality: str, config: LateConfig) -> None:
        super().__init__()
        self.names = shape.measurements(modality)
        self.pictures = shape.pictures_of(modality)
        self.similar = nn.ModuleList(Standardise(SIMILAR_PAIR_FEATURES) for _ in self.names)
        hidden = config.hidden
        contexts, levels = ([sizes[name] for name in self.names] for sizes in (shape.context, shape.level))
        if modality == "rna":
            self.context = nn.ModuleList(map(Standardise, contexts))
            self.level = nn.ModuleList(map(Standardise, levels))
            layers = [nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU()]
        else:
            self.context = nn.ModuleList(PiecewiseLinear(size, config.bins) for size in contexts)
            self.level = nn.ModuleList(PiecewiseLinear(size, LEVEL_BINS) for size in levels)
            dropouts = [nn.Dropout(config.dropout) for _ in range(2)]
            layers = [nn.ReLU(), dropouts[0], nn.Linear(hidden, hidden), nn.ReLU(), dropouts[1]]
        n_level = sum(_length(encode) for encode in self.level)
        self.from_tf = nn.Linear(n_level, hidden, bias=False)
        self.from_target = nn.Linear(n_level, hidden, bias=False)
        n_maps = len(self.pictures) * config.channels[-1]
        n_pair = sum(_length(encode) for encode in self.context) + len(self.names) * (1 + SIMILAR_PAIR_FEATURES)
        self.from_pair = nn.Linear(n_pair + n_maps, hidden)
        self.rest = nn.Sequential(*layers)
        self.out = nn.Linear(hidden, 1)

    def describe_levels(self, genes: GeneInputs) -> Tensor:
        """Return the encoded features of each gene alone, float32 [G, L]."""
        parts = [
            encode(genes.level[name]) * genes.present[name].unsqueeze(-1)
            for name, encode in zip(self.names, self.level, strict=True)
        ]
        return torch.cat(parts, dim=-1)

    def encode_levels(self, genes: GeneInputs) -> tuple[Tensor, Tensor]:
        """Return what each gene adds to the first hidden layer as TF and as target: two [G, hidden]."""
        levels = self.describe_levels(genes)
        return self.from_tf(levels), self.from_target(levels)

    def describe_pairs(
        self, context: Mapping[str, Tensor], shared: Mapping[str, Tensor], maps: Tensor | None = None
    ) -> Tensor:
        """Return the encoded features of pairs, float32 [..., F]."""
        parts = [
            encode(context[name]) * shared[name].unsqueeze(-1)
            for name, encode in zip(self.names, self.context, strict=True)
        ]
        parts.append(torch.stack([shared[name] for name in self.names], dim=-1).to(parts[0].dtype))
        parts += [
            encode(context[by_similar_pairs(name)]) for name, encode in zip(self.names, self.similar, strict=True)
        ]
        if maps is not None:
            parts.append(maps)
        return torch.cat(parts, dim=-1)

    def forward(self, context: Mapping[str, Tensor], shared: Mapping[str, Tensor], maps: Tensor | None) -> Tensor:
        """Return what the pair features add to the first hidden layer: [..., hidden]."""
        hidden: Tensor = self.from_pair(self.describe_pairs(context, shared, maps))
        return hidden

    def judge(self, pairs: Tensor, tf: Tensor, target: Tensor) -> Tensor:
        """Return the logits of pairs [P] from their features [P, F] and those of their genes, two [P, L]."""
        rows = torch.cat([pairs, tf, target], dim=-1)
        weight = torch.cat([self.from_pair.weight, self.from_tf.weight, self.from_target.weight], dim=-1)
        logit: Tensor = self.out(self.rest(nn.functional.linear(rows, weight, self.from_pair.bias))).squeeze(-1)
        return logit


class LateInteraction(nn.Module):
    """The late-interaction network.

    Parameters
    ----------
    config : LateConfig
    shape : InputShape
        Sizes of the features that it will see.

    Attributes
    ----------
    parts : tuple of Part
        What a score is the sum of.
    weights : float32 tensor [3, parts]
        What each part counts for pairs of each pattern (see :data:`grnet.architectures.late.parts.PATTERNS`), 0 or
        more: fitted on out-of-fold scores, stored with the weights of the towers.
    base : float32 tensor [3]
        Added to the scores of pairs of each pattern.
    labelled_tf, labelled_target : int64 tensors [E]
    labelled_value : float32 tensor [E]
        The pairs that the model was trained on, see :class:`grnet.features.similar_pairs.PairLabels`.
    labelled_dual : float32 tensor [kernels, E]
        Their coefficients in the kernel of each measurement, see :class:`grnet.features.pairwise_kernel.KernelScores`.
    """

    weights: Tensor
    base: Tensor
    labelled_tf: Tensor
    labelled_target: Tensor
    labelled_value: Tensor
    labelled_dual: Tensor

    def __init__(self, config: LateConfig, shape: InputShape) -> None:
        super().__init__()
        self.config, self.shape = config, shape
        wanted = ("rna", "image") if config.modality == "fused" else (config.modality,)
        self.modalities = tuple(name for name in wanted if shape.measurements(name))
        self.towers = nn.ModuleDict({name: Tower(shape, name, config) for name in self.modalities})
        has_pictures = any(shape.pictures_of(name) for name in self.modalities)
        self.maps = MapEncoder(config.channels) if has_pictures else None
        self.known_network = KnownNetworkPart() if shape.known_network else None
        self.parts = list_parts(shape, self.modalities)
        self.register_buffer("weights", towers_alone(self.parts))
        self.register_buffer("base", torch.zeros(len(PATTERNS)))
        self.keep_labelled(*(torch.zeros(0, dtype=kind) for kind in (torch.int64, torch.int64, torch.float32)))

    def keep_labelled(self, tf: Tensor, target: Tensor, value: Tensor) -> None:
        """Take the labelled pairs [E] that the model is trained on to be part of what it knows."""
        self.register_buffer("labelled_tf", tf)
        self.register_buffer("labelled_target", target)
        self.register_buffer("labelled_value", value)
        self.register_buffer("labelled_dual", torch.zeros(len(self.kernels), len(tf), device=tf.device))

    @property
    def kernels(self) -> tuple[Part, ...]:
        """The parts that are kernels, one for each measurement."""
        return tuple(part for part in self.parts if part.source == "kernel")

    def fit_kernels(self, kernels: Mapping[str, PairwiseKernel]) -> None:
        """Fit the kernel of each measurement on the labelled pairs that the model is trained on."""
        for row, part in enumerate(self.kernels):
            self.labelled_dual[row] = kernels[part.measurement].fit(*self.labelled)

    def score_kernels(self, kernels: Mapping[str, PairwiseKernel]) -> dict[str, KernelScores]:
        """Return what scores pairs by each measurement from the labelled pairs that the model was trained on."""
        tf, target, _ = self.labelled
        return {
            part.measurement: KernelScores(kernels[part.measurement], tf, target, dual)
            for part, dual in zip(self.kernels, self.labelled_dual, strict=True)
        }

    @property
    def labelled(self) -> tuple[Tensor, Tensor, Tensor]:
        """TF, target and label of the pairs that the model was trained on."""
        return self.labelled_tf, self.labelled_target, self.labelled_value

    def _load_from_state_dict(self, state_dict: dict[str, Tensor], prefix: str, *rest: Any) -> None:
        """Make room for as many labelled pairs as were saved."""
        names = [f"{prefix}{name}" for name in ("labelled_tf", "labelled_target", "labelled_value")]
        if all(name in state_dict for name in names):
            self.keep_labelled(*(torch.empty_like(state_dict[name], device=self.base.device) for name in names))
        super()._load_from_state_dict(state_dict, prefix, *rest)

    def fit_encodings(
        self, modality: str, context: Mapping[str, Tensor], genes: GeneInputs, shared: Mapping[str, Tensor]
    ) -> None:
        """Set the scales or bins of a modality's encodings from the pairs that it is trained on.

        Parameters
        ----------
        modality : str
        context : mapping of str to float32 tensor [P, F]
            Context features of the pairs by each measurement, and what similar pairs say of them.
        genes : GeneInputs
            Of the genes that occur in these pairs.
        shared : mapping of str to bool tensor [P]
            Whether both genes of a pair have the measurement.
        """
        tower = self.tower(modality)
        encodings = zip(tower.names, tower.context, tower.level, tower.similar, strict=True)
        for name, of_pair, of_gene, of_similar in encodings:
            as_encoding(of_pair).fit(context[name][shared[name]])
            as_encoding(of_gene).fit(genes.level[name][genes.present[name]])
            as_encoding(of_similar).fit(context[by_similar_pairs(name)])

    def encode(
        self, genes: GeneInputs, *, modalities: tuple[str, ...] | None = None, roles: Sequence[str] = ROLES
    ) -> GeneCodes:
        """Encode genes once, for any number of pairs.

        Parameters
        ----------
        genes : GeneInputs
        modalities : tuple of str, optional
            Of the model; all of them by default.
        roles : sequence of {"tf", "target"}
            In which their pictures are going to be compared; codes have no maps in the others.
        """
        tf, target = {}, {}
        wanted = modalities or self.modalities
        for name in wanted:
            tf[name], target[name] = self.tower(name).encode_levels(genes)
        maps: dict[str, dict[str, Tensor]] = {role: {} for role in ROLES}
        for name in (picture for modality in wanted for picture in self.tower(modality).pictures):
            assert self.maps is not None
            encoded = self.maps(genes.pictures(name), genes.present[name], roles)
            for role, of_role in zip(roles, encoded, strict=True):
                maps[role][name] = of_role
        return GeneCodes(tf, target, maps["tf"], maps["target"], genes.present)

    def look(self, context: Mapping[str, Tensor], tf: GeneCodes, target: GeneCodes) -> TowerLogits:
        """Return what the towers say of pairs, row by row.

        Parameters
        ----------
        context : mapping of str to float32 tensor [P, F]
            By each measurement, and what similar pairs say by it.
        tf, target : GeneCodes
            Of P TFs and P targets.

        Notes
        -----
        Modalities that `tf` and `target` were not encoded for are as if the genes lacked them.
        """
        wanted = tuple(tf.tf)
        measured = [name for modality in wanted for name in self.tower(modality).names]
        shared = {name: tf.present[name] & target.present[name] for name in measured}
        has = {name: torch.stack([shared[m] for m in self.tower(name).names]).any(dim=0) for name in wanted}
        logit = {}
        for name in wanted:
            tower = self.tower(name)
            maps = correlate_maps(tower, tf, target)
            hidden = tower.rest(tower(context, shared, maps) + tf.tf[name] + target.target[name])
            logit[name] = tower.out(hidden).squeeze(-1) * has[name]
        zero = torch.zeros_like(next(iter(logit.values())))
        nothing = torch.zeros_like(next(iter(has.values())))
        return TowerLogits(
            logit.get("rna", zero), logit.get("image", zero), has.get("rna", nothing), has.get("image", nothing)
        )

    def forward(self, context: Mapping[str, Tensor], tf: GeneCodes, target: GeneCodes) -> Logits:
        """Score pairs, row by row; see :class:`grnet.architectures.late.ensemble.LateEnsemble` for blocks.

        Parameters
        ----------
        context : mapping of str to float32 tensor [P, F] or [P]
            By each measurement, and all that labelled pairs say of each pair, see
            :class:`grnet.architectures.late.label_context.LabelContext`.
        tf, target : GeneCodes
            Of P TFs and P targets.
        """
        towers = self.look(context, tf, target)
        of_tower = {Part("tower", "rna"): towers.rna, Part("tower", "image"): towers.image}
        said = {part: context[by_kernel(part.measurement)] for part in self.kernels} | of_tower
        if self.known_network is not None:
            said[Part("known network")] = context[BY_KNOWN_NETWORK]
        parts = torch.stack([said[part] for part in self.parts])
        pattern = find_pattern(towers.has_rna, towers.has_image)
        weighted = self.weights.T[:, pattern] * parts  # [parts, P]
        return Logits(self.base[pattern] + weighted.sum(dim=0), parts, weighted, towers.has_rna, towers.has_image)

    def silence(self, modality: str) -> None:
        """Make the part of a modality that could not be fitted say nothing: its logits become 0."""
        out = self.tower(modality).out
        with torch.no_grad():
            out.weight.zero_()
            out.bias.zero_()

    def parameters_of(self, modality: str) -> list[nn.Parameter]:
        """Return the weights that are fitted on a modality: its tower; for images also the maps."""
        parts: list[nn.Module] = [self.towers[modality]]
        if modality == "image" and self.maps is not None:
            parts.append(self.maps)
        return [parameter for part in parts for parameter in part.parameters()]

    def tower(self, name: str) -> Tower:
        """Return the tower of "rna" or "image"."""
        tower = self.towers[name]
        assert isinstance(tower, Tower)
        return tower


def correlate_maps(tower: Tower, tf: GeneCodes, target: GeneCodes) -> Tensor | None:
    """Return the correlation over space of each picture's channels, [P, V C]; None where a tower has no pictures."""
    if not tower.pictures:
        return None
    maps = [torch.einsum("pcs,pcs->pc", tf.tf_maps[name], target.target_maps[name]) for name in tower.pictures]
    return torch.cat(maps, dim=-1)


def as_encoding(module: nn.Module) -> Standardise | PiecewiseLinear:
    """Return a module that is known to be an encoding of numbers."""
    assert isinstance(module, Standardise | PiecewiseLinear)
    return module


def _length(encoding: nn.Module) -> int:
    """Return how many numbers an encoding gives for a row."""
    return as_encoding(encoding).n_out
