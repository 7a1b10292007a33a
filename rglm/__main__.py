"""`python -m rglm` and the `rglm` command: a fit from the command line."""

from __future__ import annotations

import sys

from rglm.reports.command import main

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
