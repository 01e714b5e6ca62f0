"""`python -m sockscope`."""

import sys

from sockscope.cli.main import main

sys.exit(main())
