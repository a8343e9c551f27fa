"""`python -m grnet`: the command line, for where the script `grnet` is not on the path."""

from __future__ import annotations

from grnet.cli import main

if __name__ == "__main__":
    main()
