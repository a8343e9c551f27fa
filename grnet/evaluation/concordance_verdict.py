"""Whether a model orders the pairs of a gene better than every baseline, where figures over all pairs mislead.

Enter: the tested pairs of a split and the figures of its report card. Leaves: one sentence where labels are balanced by
the gene within which pairs are compared, or where degrees tell most of the labels; nothing elsewhere. There AUROC over
all pairs rewards what is known of a gene as a whole; the concordance does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from grnet.division.label_balance import is_balanced
from grnet.evaluation.baseline_inputs import DEGREE, KNOWN_DEGREES, RANDOM
from grnet.evaluation.bootstrap import Estimate, format_estimate, format_figure
from grnet.evaluation.cautions import Figures
from grnet.evaluation.report_card_inputs import CardInputs

DEGREES_TELL_FROM = 0.6
"""AUROC of a baseline that knows degrees alone."""
DEGREES_TELL_MOST = 0.8
"""Part of what the model's AUROC exceeds 0.5 by, from which a baseline that knows degrees alone tells most."""


@dataclass(frozen=True)
class ConcordanceVerdict:
    """The model's concordance beside that of the best baseline.

    Attributes
    ----------
    reason : {"balanced labels", "degrees"}
        Why it decides.
    baseline : str
        Of the highest concordance, random left out.
    lead : Estimate
        Concordance of the model minus that of the baseline, paired.
    text : str
        A sentence.
    """

    reason: str
    baseline: str
    lead: Estimate
    text: str

    def to_json(self) -> dict[str, Any]:
        """Return reason, baseline, difference and sentence."""
        return {
            "reason": self.reason,
            "baseline": self.baseline,
            "model_minus_baseline": self.lead.to_json(),
            "verdict": self.text,
        }


def judge_concordance(inputs: CardInputs, figures: Figures) -> ConcordanceVerdict | None:
    """Return the verdict, None where AUROC over all pairs does not mislead or nothing can be compared.

    Labels are balanced where :func:`grnet.division.label_balance.is_balanced` says so of the genes within which the
    concordance compares. Degrees tell most where the AUROC of "degree only" or "known degrees" is 0.6 or more, and
    exceeds 0.5 by 80 % or more of what that of the model does.
    """
    within = inputs.concordance
    known = {
        name: figures[name][within.key]
        for name in inputs.baselines
        if name != RANDOM and np.isfinite(figures[name][within.key].value)
    }
    own = figures[inputs.model][within.key]
    if not known or np.isnan(own.value):
        return None
    if is_balanced(inputs.compared, inputs.labels):
        reason = "balanced labels"
        why = f"Labels are balanced by {within.gene}: each {within.gene} has about the same fraction of positives"
    else:
        degrees = _find_telling_degrees(inputs, figures)
        if degrees is None:
            return None
        reason = "degrees"
        area, best = figures[inputs.model]["auroc"].value, figures[degrees]["auroc"].value
        why = f"Degrees alone predict most of the labels: “{degrees}” has AUROC {best:.3f}, {inputs.model} {area:.3f}"
    baseline = max(known, key=lambda name: known[name].value)
    lead = own.minus(known[baseline])
    text = (
        f"{why}. So compare the {within.title}: {inputs.model} has {format_estimate(own)}, the best baseline, "
        f"“{baseline}”, {format_figure(known[baseline].value)}. {_state_lead(inputs.model, baseline, lead)}"
    )
    return ConcordanceVerdict(reason, baseline, lead, text)


def _find_telling_degrees(inputs: CardInputs, figures: Figures) -> str | None:
    """Return the better of the baselines that know degrees alone, where it tells most; else None."""
    areas = {name: figures[name]["auroc"] for name in (DEGREE, KNOWN_DEGREES) if name in inputs.baselines}
    areas = {name: area for name, area in areas.items() if np.isfinite(area.value)}
    if not areas:
        return None
    name = max(areas, key=lambda entry: areas[entry].value)
    exceeds = DEGREES_TELL_MOST * (figures[inputs.model]["auroc"].value - 0.5)
    return name if areas[name].value >= max(DEGREES_TELL_FROM, 0.5 + exceeds) else None


def _state_lead(model: str, baseline: str, lead: Estimate) -> str:
    difference = format_estimate(lead, sign=True)
    if lead.low > 0:
        return f"{model} is better, by {difference}."
    if lead.high < 0:
        return f"“{baseline}” is better: the difference is {difference}."
    return f"The difference of {difference} may be chance."
