"""`make sanitize`: the sanitizers and memcheck, what they look for, and what they say in plain words."""
