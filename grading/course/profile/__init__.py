"""Where the time goes: reference, yours and solution under a profiler, side by side."""
