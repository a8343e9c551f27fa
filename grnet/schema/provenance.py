"""The two files in each folder that say how it came to be: which call, when, where, with what, from what.

They tell of the call, not of its result. So `checksums.json` does not list them, and the promise of equal bytes for
equal input does not cover them.
"""

from __future__ import annotations

PROVENANCE_FILE = "provenance.json"
"""Command, times, versions, machine and inputs."""
CONFIG_FILE = "config.toml"
"""The options of the command, as `--config` reads them."""
CALL_FILES = (PROVENANCE_FILE, CONFIG_FILE)
FORMAT, FORMAT_VERSION = "grnet provenance", 1
