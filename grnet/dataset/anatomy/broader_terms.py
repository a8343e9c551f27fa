"""Annotations and an ontology → the same with the terms named as the ontology names them, and with broader terms.

A gene with "embryonic brain" then has "embryonic central nervous system", too, at the same stage, so that genes whose
curators chose terms of different detail are comparable.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from grnet.dataset.anatomy.ontology import Ontology
from grnet.dataset.findings import Findings
from grnet.dataset.measurements.terms import STAGE, TERM
from grnet.dataset.table_cells import listed
from grnet.schema.tables import SYMBOL


@dataclass(frozen=True)
class OntologyPlan:
    """How an ontology was used.

    Attributes
    ----------
    file : str
    n_terms, n_obsolete : int
        Of the file.
    n_matched, n_given : int
        How many of the terms of the annotations the file has.
    n_broader : int
        Broader terms that were added.
    """

    file: str
    n_terms: int
    n_obsolete: int
    n_matched: int
    n_given: int
    n_broader: int

    def describe(self) -> str:
        """Return the plan in a line."""
        obsolete = f", {self.n_obsolete:,} of them obsolete" if self.n_obsolete else ""
        return (
            f"ontology {self.file}: {self.n_terms:,} terms{obsolete}; {self.n_matched:,} of the {self.n_given:,} terms "
            f"of the annotations found; {self.n_broader:,} broader terms added"
        )

    def to_json(self) -> dict[str, Any]:
        """Return the plan for `dataset.toml`."""
        return {
            "file": self.file,
            "kind": "ontology",
            "container": "OBO",
            "terms": self.n_terms,
            "matched": self.n_matched,
            "broader": self.n_broader,
            "description": self.describe(),
        }


def add_broader_terms(
    table: pd.DataFrame, ontology: Ontology, findings: Findings
) -> tuple[pd.DataFrame, pd.DataFrame, OntologyPlan]:
    """Return annotations by names of the ontology, and the rows of broader terms.

    Parameters
    ----------
    table : DataFrame
        Columns symbol, id, term and stage.
    ontology : Ontology
    findings : Findings
        Takes words on terms that are unknown or obsolete, and on what is odd in the ontology.

    Returns
    -------
    given, broader : DataFrame
        Of the same columns; no row of both is there twice.
    plan : OntologyPlan
    """
    terms = list(dict.fromkeys(table[TERM]))
    found = {text: one for text in terms if (one := ontology.find(text)) is not None}
    names = {text: ontology.terms[one].name or text for text, one in found.items()}
    _note_oddities(terms, found, ontology, findings)
    key = [SYMBOL, TERM, STAGE]
    given = table.assign(**{TERM: [names.get(text, text) for text in table[TERM]]}).drop_duplicates(key)
    above = {text: [ontology.terms[b].name or b for b in ontology.find_broader(one)] for text, one in found.items()}
    broader = _list_broader(table, above)
    both = pd.concat([given, broader], ignore_index=True).drop_duplicates(key)
    broader = both.iloc[len(given) :]
    plan = OntologyPlan(
        file=ontology.path.name,
        n_terms=len(ontology.terms),
        n_obsolete=sum(term.obsolete for term in ontology.terms.values()),
        n_matched=len(found),
        n_given=len(terms),
        n_broader=len(set(broader[TERM]) - set(given[TERM])),
    )
    return given.reset_index(drop=True), broader.reset_index(drop=True), plan


def _list_broader(table: pd.DataFrame, above: Mapping[str, list[str]]) -> pd.DataFrame:
    rows = table.copy()
    rows[TERM] = [above.get(text, []) for text in table[TERM]]
    return rows.explode(TERM).dropna(subset=[TERM])


def _note_oddities(terms: list[str], found: Mapping[str, str], ontology: Ontology, findings: Findings) -> None:
    """Tell of terms that the ontology lacks or has given up, of parents that it does not define, and of cycles."""
    name = ontology.path.name
    unknown = [text for text in terms if text not in found]
    if unknown:
        findings.note(
            f"{name}: terms of the annotations that it lacks or has several of, taken as they are: {len(unknown):,}, "
            f"such as {listed(unknown, 3)}"
        )
    obsolete = [text for text, one in found.items() if ontology.terms[one].obsolete]
    if obsolete:
        findings.note(f"{name}: obsolete terms, taken as they are: {len(obsolete):,}, such as {listed(obsolete, 3)}")
    if undefined := ontology.list_undefined():
        findings.note(f"{name}: broader terms that it does not define: {len(undefined):,}, {listed(undefined, 3)}")
    if cycles := ontology.list_cycles():
        findings.note(f"{name}: terms that are broader than themselves: {len(cycles):,}, such as {listed(cycles, 3)}")
