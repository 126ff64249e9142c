"""Leaving the corps of community workers (退出) [N 11]."""
