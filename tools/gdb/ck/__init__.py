"""Commands of gdb that understand the memory of Clockhand; loaded by ../clockhand.py."""
