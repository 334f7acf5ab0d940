"""C++ functions' names, short enough for a person: no parameters, no return type, few template arguments."""
from __future__ import annotations

import re
from functools import lru_cache

LONGEST_ARGUMENT = 16  # of a template: `long double` is worth showing, a policy is not
OPENING, CLOSING = "<([{", ">)]}"
OPERATOR = re.compile(r"operator\s*(\(\)|\[\]|<=>|->\*?|<<=?|>>=?|[-+*/%^&|~!=<>]=?|&&|\|\||\+\+|--|,)")
CLONE = re.compile(r"\s*\[clone [^\]]*\]|\.(?:isra|constprop|part|cold|lto_priv|avx\w*)(?:\.\d+)?|@@?[\w.]+$")
PARALLEL = re.compile(r"\s*\[clone [^\]]*?_omp_fn\.(\d+)[^\]]*\]|\._omp_fn\.(\d+)")
# Letters of no language for the brackets of operator<, operator() and the like, which enclose nothing.
HIDE = str.maketrans("<>()[]", "\ue000\ue001\ue002\ue003\ue004\ue005")
SHOW = str.maketrans("\ue000\ue001\ue002\ue003\ue004\ue005", "<>()[]")


def _parts(text: str, separator: str) -> list[str]:
    """Splits at a separator that stands in no bracket."""
    parts, depth, start, i = [], 0, 0, 0
    while i < len(text):
        if text[i] in OPENING:
            depth += 1
        elif text[i] in CLOSING:
            depth -= 1
        elif depth == 0 and text.startswith(separator, i):
            parts.append(text[start:i])
            i += len(separator)
            start = i
            continue
        i += 1
    return [*parts, text[start:]]


def _without_parameters(text: str) -> str:
    """Cuts from the parameters' bracket on: the first `(` at depth 0 that follows a name."""
    if "operator" in text:
        return text.split("(", 1)[0].split(" <", 1)[0]
    depth = 0
    for i, sign in enumerate(text):
        if sign == "(" and depth == 0 and i > 0 and (text[i - 1].isalnum() or text[i - 1] in "_>}"):
            return text[:i]
        depth += (sign in OPENING) - (sign in CLOSING)
    return text


def _template(part: str) -> str:
    """`bessel_jn<long double, boost::math::…>` as `bessel_jn<long double>`."""
    begin = part.find("<")
    if begin <= 0 or not part.endswith(">"):
        return part
    arguments = part.split("<", 1)[1][:-1]
    first = _parts(arguments, ",")[0].strip()
    telling = first in ("float", "double", "long double") or "<" in first
    if telling and len(first) <= LONGEST_ARGUMENT:
        return f"{part[:begin]}<{first}>"
    return part[:begin]


@lru_cache(maxsize=None)
def short(name: str) -> str:
    """The name for a table: `bessel_jn<long double>`, `std::sqrt`, `far (parallel)`, `lambda in scatter`."""
    if name.startswith("(within "):
        return name
    if name == "operator()":  # of whoever else has one, the compiler tells the class, too
        return "lambda"
    parallel = " (parallel)" if PARALLEL.search(name) else ""
    text = CLONE.sub("", PARALLEL.sub("", name)).replace("(anonymous namespace)::", "")
    text = OPERATOR.sub(lambda found: f"operator{found.group(1)}".translate(HIDE), text)
    path = [_without_parameters(part) for part in _parts(text, "::")]
    if any(part.startswith(("{lambda", "<lambda", "'lambda")) for part in path):
        named = [part for part in path if not part.startswith(("{", "<", "'", "operator"))]
        owner = named[-1] if named else ""
        return f"lambda in {_template(_last_word(owner))}{parallel}" if owner else "lambda"
    last = _template(_last_word(path[-1]))
    last = last.split("<", 1)[0] if last.startswith("operator") else last  # its own signs are hidden still
    before = _last_word(path[-2]) if len(path) > 1 else ""
    owner = re.sub(r"<.*", "", before)
    if _qualified(text).startswith("std::"):
        last = f"std::{last}"
    elif owner[:1].isupper() or last.startswith("operator"):
        last = f"{owner}::{last}" if owner else last
    return last.translate(SHOW) + parallel


def _qualified(text: str) -> str:
    """The name with its namespaces, not what it returns: the first word at depth 0 that has parameters."""
    words = _parts(text.strip(), " ")
    return next((word for word in words if "(" in word), words[-1])


def _last_word(text: str) -> str:
    """What follows the return type: the last word at depth 0."""
    words = [word for word in _parts(text.strip(), " ") if word not in ("", "const", "volatile", "&", "*")]
    if len(words) > 1 and words[-2] == "operator":  # a conversion, operator new
        return " ".join(words[-2:])
    return words[-1].lstrip("*&") if words else text
