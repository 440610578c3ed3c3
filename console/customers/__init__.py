"""Who writes to the shop: the list, the card, segments beside the shop's aims, conflicts that wait for a person."""
