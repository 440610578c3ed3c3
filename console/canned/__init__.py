"""Canned replies: what agents say again and again, written and chosen."""
