"""The terms of an ontology by all that they are called, and the broader terms of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import networkx as nx

from grnet.dataset.anatomy.obo import OntologyTerm, read_obo

EXACT = "EXACT"


@dataclass(frozen=True, eq=False)
class Ontology:
    """An ontology that terms are looked up in.

    Attributes
    ----------
    path : Path
    terms : mapping of str to OntologyTerm
        By identifier.
    called : tuple of mapping of str to set of str
        Text in lower case → identifiers: by identifier, name, exact synonym, and other synonyms, in the order in which
        they are tried.
    broader : networkx.DiGraph
        An edge from each term to each that it is one of, or part of; not to terms that are obsolete or not defined.
    """

    path: Path
    terms: Mapping[str, OntologyTerm]
    called: tuple[Mapping[str, set[str]], ...]
    broader: nx.DiGraph[str]

    @classmethod
    def read(cls, path: Path) -> Ontology:
        """Read an OBO file.

        Raises
        ------
        MissingInputError, InputError
            See :func:`~grnet.dataset.anatomy.obo.read_obo`.
        """
        terms = read_obo(path)
        by_id, by_name, by_exact, by_other = called = tuple(defaultdict[str, set[str]](set) for _ in range(4))
        for term in terms.values():
            for text in (term.id, *term.other_ids):
                by_id[_key(text)].add(term.id)
            by_name[_key(term.name)].add(term.id)
            for text, scope in term.synonyms:
                (by_exact if scope == EXACT else by_other)[_key(text)].add(term.id)
        broader: nx.DiGraph[str] = nx.DiGraph()
        broader.add_nodes_from(terms)
        edges = ((term.id, parent) for term in terms.values() for parent in term.broader)
        broader.add_edges_from(edge for edge in edges if edge[1] in terms and not terms[edge[1]].obsolete)
        return cls(path, terms, called, broader)

    def find(self, text: str) -> str | None:
        """Return the identifier of what a text calls; None where it is no term, or may be several.

        A term that is in use is preferred to an obsolete one, and an obsolete one is followed to what replaces it.
        """
        for level in self.called:
            found = level.get(_key(text), set())
            in_use = {one for one in found if not self.terms[one].obsolete}
            chosen = in_use or found
            if len(chosen) == 1:
                return self._follow(next(iter(chosen)))
            if chosen:
                return None
        return None

    def find_broader(self, term: str) -> tuple[str, ...]:
        """Return the identifiers of all broader terms in use, the nearest first; a term is never its own."""
        return tuple(parent for _, parent in nx.bfs_edges(self.broader, term))

    def list_undefined(self) -> list[str]:
        """Return the identifiers of parents that the file does not define, sorted."""
        return sorted({one for term in self.terms.values() for one in term.broader} - set(self.terms))

    def list_cycles(self) -> list[str]:
        """Return the names of terms that are broader than themselves, sorted."""
        groups = nx.strongly_connected_components(self.broader)
        own = {term for group in groups for term in group if len(group) > 1 or self.broader.has_edge(term, term)}
        return sorted(self.terms[term].name or term for term in own)

    def _follow(self, term: str) -> str:
        """Return what replaces an obsolete term, where the file says so."""
        seen = {term}
        while self.terms[term].obsolete and self.terms[term].replaced_by in self.terms:
            term = self.terms[term].replaced_by
            if term in seen:
                break
            seen.add(term)
        return term


def _key(text: str) -> str:
    return " ".join(text.casefold().split())
