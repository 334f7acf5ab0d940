"""What each family of exercises calls in a learner's file: a module NAME.py with FUNCTION and `run`."""
