"""The colours of the pages that the course writes: CSS variables, with a second value for dark mode."""
LIGHT = {
    "paper": "#fffffe",
    "ink": "#1d2330",
    "muted": "#56606e",
    "grid": "#d8dde4",
    "reference": "#6b7280",
    "yours": "#c2410c",
    "solution": "#1b62a8",
    "good": "#166534",
    "bad": "#b42318",
}
DARK = {
    "paper": "#14171c",
    "ink": "#e6e9ee",
    "muted": "#a8b0bd",
    "grid": "#353c47",
    "reference": "#9aa3b0",
    "yours": "#ff9d5c",
    "solution": "#74b7ff",
    "good": "#7ddb9b",
    "bad": "#ff9a8f",
}
