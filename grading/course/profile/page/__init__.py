"""The page of a profile: flame graphs of two sides on one time scale, in one file that needs no network."""
