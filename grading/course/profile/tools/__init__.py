"""The profilers: each runs a command under its tool and returns the recording."""
