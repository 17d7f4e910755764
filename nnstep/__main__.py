"""The command `nnstep`, and `python -m nnstep`."""

import os
import sys

# A BLAS reads these once, when NumPy is first imported; two threads change the last bits, and are slow at small things.
# So whatever the person has set for other programs: the numbers of a lecture are those of every student.
_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def main() -> int:
    """Run the command line and return its exit code."""
    for variable in _THREADS:
        os.environ[variable] = "1"
    try:
        from nnstep import cli

        return cli.main(sys.argv[1:])
    except KeyboardInterrupt:  # before anything has begun, and between two lines that do not look for it
        return 130


if __name__ == "__main__":
    sys.exit(main())
