"""The benchmark in a process of its own, which tells each outcome as soon as it is known: one JSON object a line, on stdout.

    python -P -m nnlab.experiments.benchmark.process ONLY THREADS REPEATS FULL FOLDER...

When the other end of its input is closed, as by the death of who started it, it ends.
"""

import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from nnlab.errors import NnlabError
from nnlab.experiments.baselines.runner import Teller, end_with_input
from nnlab.experiments.benchmark.whole import benchmark


def main(words: Sequence[str]) -> None:
    """Measure, and tell."""
    only, threads, repeats, full, *folders = words
    teller = Teller()
    threading.Thread(target=end_with_input, daemon=True).start()
    try:
        facts, _ = benchmark(
            only,
            int(threads),
            int(repeats),
            full != "full",
            [Path(folder) for folder in folders],
            lambda what, share: teller.tell("progress", what=what, share=share if share == share else None),
            lambda outcome: teller.tell("outcome", outcome=outcome.to_table()),
        )
    except NnlabError as error:
        teller.tell("failed", sentence=str(error))
    else:
        teller.tell("done", facts=facts)


if __name__ == "__main__":
    main(sys.argv[1:])
