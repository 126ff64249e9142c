from pathlib import Path
def measure_pages(folder: Path) -> None:
    pass
