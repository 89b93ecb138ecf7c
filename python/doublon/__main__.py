"""The command ``doublon``, which is the same program as the one without Python."""

import signal
import sys

from doublon import _doublon


def main() -> None:
    # Python would hear of an interrupt at the end of the call only; the program listens for itself.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(_doublon.main(["doublon", *sys.argv[1:]]))


if __name__ == "__main__":
    main()
