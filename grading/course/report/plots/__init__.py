"""The page's figures: drawn by matplotlib, as SVG that stands in the page and takes the page's colours."""
from .attempts_plot import attempts, rounds
from .ladder_plot import climb
from .roofline_plot import roofline

__all__ = ["attempts", "climb", "rounds", "roofline"]
