"""Pictures: ways to look at where we are, in the place of the sheet; `registry` has them all.

Nothing is imported here: the first screen does not wait for pictures.
"""
