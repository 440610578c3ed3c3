"""The parts of `make demo` that know nothing of the shop: ports, and programs that end when the demo does."""
