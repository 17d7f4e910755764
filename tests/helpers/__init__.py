"""What tests share: a terminal to run a program in, and golden files."""
