"""From source files to the small shared libraries that the judge compares. What is compiled is known by its
content, never by a time stamp: a backup moved back into place is old by its date and new by its text.

`plan` says what is to be compiled and under which names, `build` makes what is not there yet.
"""
from .building import build
from .model import DoesNotCompile, Plan, Submission
from .native import remarks
from .planning import plan, reference_is_the_twin

__all__ = ["DoesNotCompile", "Plan", "Submission", "build", "plan", "reference_is_the_twin", "remarks"]
