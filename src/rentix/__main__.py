"""`python -m rentix` is `rentix`."""

import sys

from rentix.cli import main

sys.exit(main())
