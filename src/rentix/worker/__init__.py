"""Work in the background: pictures are imported, beside the service or in processes of their own.

`pool.py` holds imports and runs them side by side; `importing.py` brings one to its end.
`binding.py` writes down whose the listings are that waited for an agent.
"""

from __future__ import annotations

from rentix.worker.binding import Binder
from rentix.worker.importing import Finish, Importer
from rentix.worker.pool import Pool

__all__ = ["Binder", "Finish", "Importer", "Pool"]
