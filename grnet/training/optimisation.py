"""How late interaction is optimised, whatever it learns from: the learning-rate cycle and its constants."""

from __future__ import annotations

import torch

WARM_UP = 0.1
"""Part of the learning-rate cycle in which it rises."""
FEWEST_STEPS_OF_A_CYCLE = 5
AVERAGING = 0.99
"""Decay of the exponential moving average of the weights, a step."""
LARGEST_GRADIENT = 5.0


def one_cycle(optimizer: torch.optim.Optimizer, rate: float, total_steps: int) -> torch.optim.lr_scheduler.LRScheduler:
    """Return one cycle of the learning rate up to `rate`; a constant rate where there are too few steps for a cycle."""
    if total_steps < FEWEST_STEPS_OF_A_CYCLE:
        return torch.optim.lr_scheduler.ConstantLR(optimizer, factor=1.0)
    rise = max(WARM_UP, 2 / total_steps)
    return torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=total_steps, pct_start=rise)
