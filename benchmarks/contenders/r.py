"""R's own glm(), timed inside one R process."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from benchmarks.workloads import small as workload

SCRIPT = """
d <- read.csv("{csv}", stringsAsFactors = TRUE)
timed <- function(f, n) {{
  for (i in 1:30) f()
  s <- numeric(n)
  for (i in 1:n) {{ t0 <- Sys.time(); f(); s[i] <- as.numeric(Sys.time() - t0, units = "secs") }}
  median(s)
}}
fit <- function() glm({formula}, data = d, family = poisson())
m <- fit()
cat(timed(fit, 300), timed(function() capture.output(print(summary(m))), 100), "\\n")
"""


def available() -> bool:
    """Whether Rscript is on the path."""
    return shutil.which("Rscript") is not None


def small() -> dict[str, float]:
    """Seconds for `glm()` and for its printed summary."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "small.csv"
        workload.data().to_csv(path, index=False)
        script = SCRIPT.format(csv=path, formula=workload.FORMULA)
        done = subprocess.run(["Rscript", "-e", script], capture_output=True, text=True, check=True)
    fit, summary = (float(word) for word in done.stdout.split())
    return {"fit": fit, "summary": summary}
