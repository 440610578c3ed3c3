"""Tests of the app of a WeCom corp."""
