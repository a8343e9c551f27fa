"""Where late interaction looks: how a score changes when a patch of a gene's mean image is covered.

Occlusion: Zeiler & Fergus 2014, doi:10.1007/978-3-319-10590-1_53. A gene's covered images are encoded once, for all of
its pairs. Only one view changes at a time, so of the first hidden layer only what that view adds is worked out anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from grnet.architectures.explained_pairs import ExplainedPairs
from grnet.architectures.late.contributions import LISTED_AT_ONCE, context_of_pairs
from grnet.architectures.late.covered_images import PAIRS_AT_ONCE, ROLES, CoveredGenes, CoveredImages
from grnet.architectures.late.encoding import unit_length
from grnet.architectures.late.first_layer import FirstLayer
from grnet.architectures.late.network import LateInteraction, correlate_maps
from grnet.architectures.late.parts import Part
from grnet.architectures.threads import map_in_threads
from grnet.features.similar_pairs import PairLabels, SimilarPairContext
from grnet.schema.arrays import Float64, Indices
from grnet.schema.evidence import Saliency
from grnet.schema.genes import PairIndex

if TYPE_CHECKING:
    from grnet.architectures.late.scorer import LateScorer

METHOD = "occlusion"


def look_by_occlusion(scorer: LateScorer, explained: ExplainedPairs) -> list[Saliency]:
    """Return where the judges of some pairs look: how much covering a patch takes from the score.

    Parameters
    ----------
    scorer : LateScorer
        Of models that look at images.
    explained : ExplainedPairs
        R pairs; each has a view of both genes.
    """
    pairs, judges = explained.pairs, explained.judges
    has_rna = np.zeros(len(pairs), dtype=bool)
    if "rna" in scorer.modalities:
        has_rna = scorer.features.scorable("rna", pairs.tf, pairs.target)
    tower = scorer.ensemble.parts.index(Part("tower", "image"))
    of_tower = scorer.ensemble.weights[:, :, tower].cpu().numpy()  # [M, 3]
    weights = judges / judges.sum(axis=0) * np.where(has_rna, of_tower[:, 2:], of_tower[:, 1:2])
    images = CoveredImages(scorer, pairs)
    changes = {
        (role, view): np.zeros((len(pairs), *images.grids[view].shape)) for role in ROLES for view in images.profiles
    }

    @torch.inference_mode()
    def make_head(member: int) -> ImageHead:
        return ImageHead(scorer, scorer.ensemble.models[member], pairs, weights[member])

    @torch.inference_mode()
    def look(part: tuple[str, Indices]) -> None:
        covered = images.cover(*part)  # pairs of no other part with the same gene in the same role
        for head in heads:
            for role, places, change in head.look(covered):
                changes[role, covered.view][places] += change.reshape(-1, *images.grids[covered.view].shape)

    counting = [member for member, of_model in enumerate(weights) if of_model.any()]
    heads = list(map_in_threads(make_head, counting, threads=scorer.threads))
    list(map_in_threads(look, images.parts, threads=scorer.threads))
    shared = {view: images.share(view) for view in images.profiles}
    return [
        Saliency(
            METHOD,
            *(
                {view: changes[role, view][row].astype(np.float32) for view in shared if shared[view][row]}
                for role in ROLES
            ),
        )
        for row in range(len(pairs))
    ]


class ImageHead:
    """What one model makes of the covered images of pairs.

    Parameters
    ----------
    scorer : LateScorer
    model : LateInteraction
    pairs : PairIndex
        R pairs.
    weight : float array [R]
        What the image tower counts for in the score of each pair.
    """

    def __init__(
        self,
        scorer: LateScorer,
        model: LateInteraction,
        pairs: PairIndex,
        weight: npt.NDArray[np.floating[Any]],
    ) -> None:
        self.model, self.tower, device = model, model.tower("image"), scorer.device
        self.layer = FirstLayer(self.tower)
        self.counts = weight > 0
        self.weight = torch.from_numpy(weight).to(device)
        genes, places = np.unique(np.stack([pairs.tf, pairs.target]), return_inverse=True)
        tf, target = torch.from_numpy(places.reshape(2, -1)).to(device)
        self.place = {"tf": tf, "target": target}
        self.genes = torch.from_numpy(genes).to(device)
        self.codes = model.encode(scorer.genes.take(self.genes))
        self.similar = SimilarPairContext(scorer.tables, PairLabels(*model.labelled))
        some_at_once = torch.arange(len(tf), device=device).split(LISTED_AT_ONCE)
        self.image = torch.cat([self._look_at_whole(scorer, rows) for rows in some_at_once])

    def _look_at_whole(self, scorer: LateScorer, rows: Tensor) -> Tensor:
        """Return the first hidden layer of the image tower, [R, H]."""
        places = self.place["tf"][rows], self.place["target"][rows]
        tf, target = (self.genes[place] for place in places)
        of_tf, of_target = (self.codes.take(place) for place in places)
        context = context_of_pairs(scorer, tf, target)
        shared = {name: of_tf.present[name] & of_target.present[name] for name in context}
        context |= self.similar.of_pairs(tf, target)
        maps = correlate_maps(self.tower, of_tf, of_target)
        hidden: Tensor = self.tower(context, shared, maps) + of_tf.tf["image"] + of_target.target["image"]
        return hidden

    def look(self, covered: CoveredGenes) -> Iterator[tuple[str, Indices, Float64]]:
        """Yield role, pairs [R] and what each patch of the gene in that role does for their scores, [R, patches]."""
        assert self.model.maps is not None
        own = {role: np.flatnonzero(self.counts[rows]) for role, (rows, _) in covered.pairs.items()}
        some = np.unique(np.concatenate([covered.pairs[role][1][places] for role, places in own.items()]))
        if not len(some):
            return
        chosen = torch.from_numpy(some).to(covered.maps.device)
        features = self.model.maps.trunk(covered.maps[chosen].flatten(0, 1).unsqueeze(1))
        for role, places in own.items():
            rows, genes = (values[places] for values in covered.pairs[role])
            project = self.model.maps.as_tf if role == "tf" else self.model.maps.as_target
            codes = unit_length(project(features).flatten(2)).unflatten(0, (len(some), -1))  # [n, S, C, pixels]
            present = torch.ones(codes.shape[:2], dtype=torch.bool, device=codes.device)
            level = self.layer.add_level(role, covered.view, covered.level[chosen], present)
            for part in np.split(np.arange(len(rows)), range(PAIRS_AT_ONCE, len(rows), PAIRS_AT_ONCE)):
                gene = torch.from_numpy(np.searchsorted(some, genes[part])).to(codes.device)
                context = covered.context[role][torch.from_numpy(places[part]).to(codes.device)]
                maps = self._correlate(role, covered.view, rows[part], codes[gene])
                added = self.layer.add_context(covered.view, context, present[gene]) + level[gene]
                logits = self._score(rows[part], added + self.layer.add_maps(covered.view, maps))
                yield role, rows[part], (logits[:, :1] - logits[:, 1:]).double().cpu().numpy()

    def _correlate(self, role: str, view: str, rows: Indices, codes: Tensor) -> Tensor:
        """Return the correlation of the maps of covered genes [R, S, C, pixels] with those of the others, [R, S, C]."""
        other = (self.codes.target_maps if role == "tf" else self.codes.tf_maps)[view]
        places = self.place["target" if role == "tf" else "tf"][torch.from_numpy(rows).to(codes.device)]
        return torch.einsum("rqcs,rcs->rqc", codes, other[places])

    def _score(self, rows: Indices, added: Tensor) -> Tensor:
        """Return what the image tower adds to the scores, [R, S], from what the view adds, [R, S, H]."""
        places = torch.from_numpy(rows).to(added.device)
        hidden = self.tower.rest(self.image[places].unsqueeze(1) + added - added[:, :1])
        logits = self.tower.out(hidden).squeeze(-1)
        weighted: Tensor = logits * self.weight[places].unsqueeze(-1)
        return weighted
