# Asks another program.
# expect: forbidden or crashed
import subprocess


def mysum(array):
    return float(subprocess.check_output(["true"]) or array.sum())
