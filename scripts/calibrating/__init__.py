"""The steps of ``scripts/fit_calibration.py``: draw knowledge bases, fit, look at what was held out."""
