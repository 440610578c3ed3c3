"""Files that people sent: fetched at once, because the platforms keep them for three days."""
