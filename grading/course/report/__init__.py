"""The page of `make report`: where the learner stands, with every measurement behind it, in one file."""
