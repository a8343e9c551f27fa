"""The learning-rate cycle of late interaction."""

from __future__ import annotations

import pytest
import torch

from grnet.architectures.late.optimisation import FEWEST_STEPS_OF_A_CYCLE, one_cycle


@pytest.mark.parametrize("total_steps", range(1, 31))
def test_the_learning_rate_has_a_cycle_of_any_length(total_steps):
    optimizer = torch.optim.AdamW([torch.nn.Parameter(torch.zeros(1))], lr=1e-2)
    schedule = one_cycle(optimizer, 1e-2, total_steps)
    rates = []
    for _ in range(total_steps):
        rates.append(schedule.get_last_lr()[0])
        optimizer.step()
        if len(rates) < total_steps:
            schedule.step()
    assert 0.9e-2 < max(rates) <= 1e-2 + 1e-9
    assert min(rates) > 0
    assert (rates[-1] < 1e-3) == (total_steps >= FEWEST_STEPS_OF_A_CYCLE)
