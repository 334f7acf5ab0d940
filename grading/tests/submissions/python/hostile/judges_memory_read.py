# Looks for the answers in the memory of another process.
# expect: crashed
# says: PermissionError
def mysum(array):
    with open("/proc/1/mem", "rb") as memory:
        return len(memory.read(8))
