"""`python -m launcher`: what `./gtm` becomes once its environment is there."""

import sys

from launcher.cli import main

if __name__ == "__main__":
    sys.exit(main())
