"""What is wrong with a config, gathered before it is raised, so that a user mends it all at once."""

from __future__ import annotations

from grnet.schema.errors import ConfigError

LARGEST_COUNT = 10**12
"""Of anything that is counted: beyond all data, and far from where whole numbers end."""
LARGEST_SEED = 2**32 - 1
"""What every library that is seeded takes."""


class Problems(list[str]):
    """Collects what is wrong with a config and raises it in one error."""

    def require(self, holds: bool, text: str) -> None:
        """Note `text` as a problem unless the condition holds."""
        if not holds:
            self.append(text)

    def require_count(self, flag: str, count: int | None, *, least: int = 1, most: int = LARGEST_COUNT) -> None:
        """Note a number that is below `least` or above `most`; None is none that was given."""
        if count is not None:
            said = "0 or more" if least == 0 else f"at least {least}"
            self.require(count >= least, f"{flag} is {said}, got {count}")
            self.require(count <= most, f"{flag} is at most {most:,}, got {count}")

    def require_seed(self, seed: int) -> None:
        """Note a seed that some library would refuse."""
        self.require(seed >= 0, f"--seed is 0 or more, got {seed}")
        self.require(seed <= LARGEST_SEED, f"--seed is at most {LARGEST_SEED}, got {seed}")

    def raise_any(self) -> None:
        """Raise ConfigError with all problems in one line, where there are any."""
        if self:
            raise ConfigError("; ".join(self))
