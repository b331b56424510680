"""The course from the command line: a room for each kind of command, and the parameters that some share.

Each room's `add` tells argparse of its commands. What a command needs is imported when it runs, so that asking for
help is quick.
"""
