"""WeCom customer contact: external contacts, tags, customer groups, welcomes and mass tasks."""
