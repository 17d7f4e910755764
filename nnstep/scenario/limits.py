"""The largest things a file may hold: checked before anything is built from it."""

from typing import Final

SCENARIO_BYTES: Final = 256 * 1024
TABLE_BYTES: Final = 4 * 1024 * 1024

DEPTH: Final = 32
NODES: Final = 20_000
INTEGER_DIGITS: Final = 15  # a float64 holds every whole number of 15 digits exactly
NUMBER_CHARACTERS: Final = 100  # repr writes at most 24

TITLE: Final = 200
SUMMARY: Final = 1_000
NOTE: Final = 4_000
LABEL: Final = 80
NAME: Final = 120  # names of layers, losses, columns, files
NOTES: Final = 500
STOPS: Final = 100
BREAKS: Final = 100
LABELS: Final = 1_000
CLASSES: Final = 1_000

LAYERS: Final = 64
UNITS: Final = 4_096
EPOCHS: Final = 10**7
BATCH: Final = 10**6
SAMPLES: Final = 10**5
COLUMNS: Final = 4_096
