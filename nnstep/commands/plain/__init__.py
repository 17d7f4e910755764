"""The stepper as lines of text: what can be typed, and what is told then."""
