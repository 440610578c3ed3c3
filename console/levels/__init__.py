"""How well customers were served by people. See ``docs/service-levels.md``."""
