"""How far a run is."""

from typing import NamedTuple, Optional


class Progress(NamedTuple):
    """How far a run is, as it is told to ``progress`` several times a second."""

    phase: str
    """What goes on, such as ``reading`` or ``aligning passages``."""
    share: Optional[float]
    """The part of the phase that is done, from 0 to 1, or None if that is not known."""
    documents: int
    """How many documents were read."""


class Bar:
    """Draws a bar by tqdm, if that is installed."""

    def __init__(self) -> None:
        try:
            from tqdm.auto import tqdm
        except ImportError:
            self._bar = None
        else:
            self._bar = tqdm(total=1.0, bar_format="{desc}: {percentage:3.0f}%|{bar}| {elapsed}{postfix}")

    def __call__(self, progress: Progress) -> None:
        if self._bar is None:
            return
        self._bar.set_description_str(progress.phase or "starting", refresh=False)
        self._bar.set_postfix_str(f"{progress.documents:,} documents", refresh=False)
        self._bar.n = progress.share or 0.0
        self._bar.refresh()

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
