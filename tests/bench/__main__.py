"""`python -m tests.bench`: prints every number the design promises, in one run."""

import sys
import tempfile
from pathlib import Path

from tests.bench.appraisal import measure_appraisal
from tests.bench.completion import measure_completion
from tests.bench.pages import measure_pages
from tests.bench.street_year import measure_street_year


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        measure_completion(Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        measure_pages(Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        measure_appraisal(Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        measure_street_year(Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
