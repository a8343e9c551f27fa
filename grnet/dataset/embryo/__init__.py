"""A synthetic embryo with a known gene regulatory network, written as the raw files that a lab would have.

Enters: a :class:`~grnet.schema.configs.SimulateConfig`. Leaves: a folder of tables, images, a TF list, known edges,
and `truth.parquet` with every true edge. It exists so that every step of grnet can be tried, and judged against the
truth, without any data of one's own.
"""

from grnet.dataset.embryo.lab import LabSummary, simulate_lab

__all__ = ["LabSummary", "simulate_lab"]
