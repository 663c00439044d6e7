"""The Lightcone API on this machine, on real Chromium. Run it with `python -m local_lightcone`."""
