# Reads the model solution.
# expect: not_loadable
# says: PermissionError
import glob
import os

root = os.path.dirname(os.path.abspath(__file__))
paths = glob.glob("/proc/self/cwd/solutions/*/sum.py") + ["/proc/self/environ"]
exec(open(paths[0]).read())
