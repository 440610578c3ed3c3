"""How sure a knowledge base may be, judged by its own questions."""
