"""Fault tolerance and clearing (容错纠错、澄清正名) [N 10]: recorded, routed and timed; people decide."""
