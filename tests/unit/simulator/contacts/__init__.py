"""Tests of WeCom customer contact."""
