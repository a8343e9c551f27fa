"""What speaks for and against a scored pair: made by `explanation` from a run, drawn by `network`.

Everything here is about the models that scored the pair: all of them for a pair without a label, those that did not see
it for a labelled one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from grnet.schema.arrays import Bools, Bytes, Float32, Indices
from grnet.schema.measurements import Display, KindModality, PictureGrid
from grnet.schema.notebook import render_block, render_figure, render_lines, render_table
from grnet.schema.picture_views import View, list_views

EXACT, SHAPLEY = "exact", "shapley"
AS_MEASURED = "as measured"
"""Among the ways in which genes are compared by a measurement: by its own values."""


@dataclass(frozen=True)
class Contributions:
    """What adds up to the score (the mean logit of the models that scored the pair).

    Attributes
    ----------
    method : {"exact", "shapley"}
        Whether the models add these parts themselves, or they are differences between looking with and without a
        modality, whose interaction is what both together add to the two alone.
    baseline : float
        The logit without all others.
    rna, image, interaction : float
        What RNA, images and both together add; 0 where a modality is missing for one of the genes.
    network : float
        What the known network adds: how the TF and the target are linked to other genes.
    details : mapping of str to float
        What `rna` (or what it and the baseline) consists of, in words → part; they add up to baseline + rna. Empty
        where it cannot be divided.
    """

    method: str
    baseline: float
    rna: float
    image: float
    interaction: float = 0.0
    network: float = 0.0
    details: Mapping[str, float] = field(default_factory=dict)

    @property
    def score(self) -> float:
        """The sum of all parts."""
        return self.baseline + self.rna + self.image + self.interaction + self.network

    @property
    def terms(self) -> tuple[tuple[str, float], ...]:
        """What adds up to the score beside the baseline: words and value of each source that such models can have."""
        terms = [("RNA", self.rna), ("images", self.image)]
        if self.method == SHAPLEY or self.interaction:
            terms.append(("both together", self.interaction))
        if self.method == EXACT or self.network:
            terms.append(("known network", self.network))
        return tuple(terms)


@dataclass(frozen=True)
class Place:
    """A position among some candidates: 1 is the best of `among`; equals share the better place."""

    place: int
    among: int


@dataclass(frozen=True)
class Places:
    """Where a pair stands.

    Attributes
    ----------
    of_target, of_tf : Place
        By probability, among the candidate regulators of its target and the candidate targets of its TF.
    correlation_of_target, correlation_of_tf : Place or None
        The same by |r|, the plain baseline; None where the pair has no expression.
    correlation_of_all : Place or None
        By |r| among all candidates.
    """

    of_target: Place
    of_tf: Place
    correlation_of_target: Place | None
    correlation_of_tf: Place | None
    correlation_of_all: Place | None = None


@dataclass(frozen=True)
class NearKnownEdge:
    """A known edge like the pair, among those that the models which scored the pair were trained on.

    Attributes
    ----------
    tf, target : str
    tf_correlation, target_correlation : float
        Pearson r of its TF with the pair's TF, and of its target with the pair's target; 1 for the same gene.
    """

    tf: str
    target: str
    tf_correlation: float
    target_correlation: float


@dataclass(frozen=True)
class Saliency:
    """How much each place of the two genes' images matters for the score.

    Attributes
    ----------
    method : str
        "occlusion" or "gradient", for the caption.
    tf, target : mapping of view to float32 array [h, w]
        Change of the score (a logit), positive where what is seen there speaks for the edge; only views that both
        genes have. Rows and columns divide the image evenly.
    """

    method: str
    tf: Mapping[str, Float32]
    target: Mapping[str, Float32]


@dataclass(frozen=True)
class PairEvidence:
    """The evidence for one pair.

    Attributes
    ----------
    tf, target : str
    label : int or None
        1 or 0 where the pair was labelled in the training.
    fold : int or None
        The fold whose models alone scored it, because the others were trained on it; None: all models.
    score, probability, spread : float
        As in `SCORES`.
    seed_spread : float or None
    fold_probabilities : tuple of float or None
        What the models of each fold give; None for those that were trained on the pair.
    correlation, spearman : float or None
        Of expression over samples, by the first measurement of RNA; None where a gene has none.
    contributions : Contributions
    places : Places
    near : tuple of NearKnownEdge
        The most alike first; perhaps none.
    saliency : Saliency or None
        None where images did not take part, or were left out to save space: `notes` says which.
    notes : tuple of str
        What is missing and why, in sentences for the reader: "eve has no image." Perhaps none.
    correlations : mapping of name of measurement to mapping of str to float
        Pearson r of the two genes by measurements that compare genes in further ways: "as measured", then by name of
        the way, such as "within groups". A way by which a gene does not vary is left out.
    """

    tf: str
    target: str
    label: int | None
    fold: int | None
    score: float
    probability: float
    spread: float
    seed_spread: float | None
    fold_probabilities: tuple[float | None, ...]
    correlation: float | None
    spearman: float | None
    contributions: Contributions
    places: Places
    near: tuple[NearKnownEdge, ...] = ()
    saliency: Saliency | None = None
    notes: tuple[str, ...] = ()
    correlations: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def _repr_html_(self) -> str:
        parts = self.contributions
        known = [f"similar known edge: {edge.tf} → {edge.target}" for edge in self.near]
        of_target = f"{self.places.of_target.place:,} of {self.places.of_target.among:,}"
        rows = [
            ("probability", f"{render_figure(self.probability)} ± {render_figure(self.spread)}"),
            ("score", render_figure(self.score)),
            *((f"of it {name}", render_figure(value)) for name, value in parts.terms),
            ("place among the candidate regulators", of_target),
            ("correlation r", render_figure(self.correlation)),
        ]
        return render_block(f"{self.tf} → {self.target}", render_table((), rows), render_lines([*known, *self.notes]))


@dataclass(frozen=True)
class MeasurementInfo:
    """What a reader has to know of a measurement.

    Attributes
    ----------
    name : str
    display : {"profile", "picture", "groups", "terms"}
    modality : {"rna", "image"}
    units : str
        Perhaps empty.
    place : str
        What one place is called: "sample".
    places : tuple of str
        Names of the P places of a profile, of groups or of terms; empty for pictures.
    place_counts : tuple of int
        How many genes have each of the P places, for terms: the fewer, the more it tells that two genes share it.
        Empty for other displays.
    groups : tuple of str
        The group of each of the P places, for groups. Empty for other displays.
    grid : PictureGrid or None
        Where the places lie in pictures that are drawn from values. None for images and other displays.
    mask : bool array [H, W] or None
        Which pixels of images show the specimen, at the size at which models see them. None where that cannot be told,
        and for other displays.
    """

    name: str
    display: Display
    modality: KindModality
    units: str = ""
    place: str = "place"
    places: tuple[str, ...] = ()
    place_counts: tuple[int, ...] = ()
    groups: tuple[str, ...] = ()
    grid: PictureGrid | None = None
    mask: Bools | None = field(default=None, compare=False)


@dataclass(frozen=True)
class GeneEvidence:
    """What was measured of one gene.

    Attributes
    ----------
    symbol : str
    values : mapping of name of measurement to float32 array [P] or uint8 array [H, W]
        Its profile in the units of the measurement, or its picture, by each measurement that it has. Pictures of images
        are as large as the dataset holds them.
    counts : mapping of name of measurement to int
        Of how many images a picture is the mean. Measurements without images are not in it.
    tops : mapping of name of measurement to float
        The value that 255 stands for in a picture that is drawn from values. Images are not in it.
    """

    symbol: str
    values: Mapping[str, Float32 | Bytes]
    counts: Mapping[str, int] = field(default_factory=dict)
    tops: Mapping[str, float] = field(default_factory=dict)

    def profile(self, name: str) -> Float32 | None:
        """Return the profile by a measurement, float32 [P]; None where the gene has none."""
        return np.asarray(self.values[name], dtype=np.float32) if name in self.values else None

    def picture(self, name: str) -> Bytes | None:
        """Return the picture by a measurement, uint8 [H, W]; None where the gene has none."""
        return np.asarray(self.values[name], dtype=np.uint8) if name in self.values else None

    def picture_in(self, view: View) -> Bytes | None:
        """Return what a view shows, uint8 [H, W]; None where the gene has no such picture."""
        picture = self.picture(view.measurement)
        return None if picture is None else view.crop(picture)

    def terms(self, name: str) -> Indices:
        """Return the places at which a measurement has something of the gene, int64; none where it was not measured."""
        own = self.profile(name)
        return np.flatnonzero(own).astype(np.int64) if own is not None else np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class Evidence:
    """The evidence for some pairs, and what was measured of their genes.

    Attributes
    ----------
    measurements : tuple of MeasurementInfo
        In the order of the dataset.
    genes : mapping of symbol to GeneEvidence
        All genes of `pairs`; perhaps more.
    pairs : mapping of (tf, target) to PairEvidence
        In the order in which they were asked for.
    model : str
        What scored them, in words: "late interaction, RNA and images, 5 folds".
    """

    measurements: tuple[MeasurementInfo, ...]
    genes: Mapping[str, GeneEvidence]
    pairs: Mapping[tuple[str, str], PairEvidence]
    model: str

    @property
    def profiles(self) -> tuple[MeasurementInfo, ...]:
        """The measurements that are shown as charts over places, or over groups of them."""
        return tuple(entry for entry in self.measurements if entry.display in ("profile", "groups"))

    @property
    def views(self) -> tuple[View, ...]:
        """What is shown as pictures."""
        shown = (entry for entry in self.measurements if entry.display == "picture")
        return tuple(
            view
            for entry in shown
            for view in list_views(entry.name, entry.place, entry.units, entry.grid, mask=entry.mask)
        )

    @property
    def terms(self) -> tuple[MeasurementInfo, ...]:
        """The measurements that are shown as lists of places."""
        return tuple(entry for entry in self.measurements if entry.display == "terms")

    @property
    def correlated(self) -> str | None:
        """Name of the measurement that the correlations of pairs are of, the first of RNA; None without RNA."""
        return next((entry.name for entry in self.measurements if entry.modality == "rna"), None)
