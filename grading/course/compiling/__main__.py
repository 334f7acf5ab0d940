"""Reads the headers of one exercise's file; `make watch` starts this at the side, as course.compiling NN."""
from __future__ import annotations

import os
import sys
from pathlib import Path

from ..children import ended_by_signals
from ..exercises import find
from ..machine import compiler
from ..tree import Tree
from . import headers, plan

os.nice(10)
with ended_by_signals():
    exercise = find(Tree(Path(__file__).resolve().parents[3]), sys.argv[1])
    headers.prepare(plan(exercise, compiler(), ()))
