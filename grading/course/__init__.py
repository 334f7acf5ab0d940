"""The course's commands: finding exercises, compiling a submission, asking the judge, saying the verdict."""
