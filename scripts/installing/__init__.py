"""The parts of `make setup`; standard library only, because nothing is installed yet when they run."""
