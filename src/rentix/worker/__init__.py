"""Work in the background: pictures are imported, beside the service or in processes of their own.

`pool.py` holds imports and runs them side by side; `importing.py` brings one to its end.
`later.py` does what a commit left for later, because thousands of listings are concerned.
"""

from __future__ import annotations

from rentix.worker.importing import Finish, Importer
from rentix.worker.later import Later
from rentix.worker.pool import Pool

__all__ = ["Finish", "Importer", "Later", "Pool"]
