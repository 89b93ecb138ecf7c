"""The command ``doublon``, which is the same program as the one without Python."""

import signal
import sys

from doublon import _doublon


def main() -> None:
    # An interrupt ends the program as it ends any other; Python would wait for the end of the call.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(_doublon.main(["doublon", *sys.argv[1:]]))


if __name__ == "__main__":
    main()
