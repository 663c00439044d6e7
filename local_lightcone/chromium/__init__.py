"""One Chromium: found, isolated, launched, spoken to."""
