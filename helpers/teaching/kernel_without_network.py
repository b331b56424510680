"""Started in place of ipykernel, in a network of its own that leads nowhere; lessons may still talk to themselves.

A script, which the package never imports: `unshare` gives it the empty network, in which not even 127.0.0.1 is up.
"""

import contextlib
import runpy
import socket
import struct
import sys

_SET_FLAGS, _UP = 0x8914, 0x1  # SIOCSIFFLAGS and IFF_UP, from <linux/sockios.h> and <net/if.h>


def bring_up_loopback() -> None:
    """Let this process reach itself under 127.0.0.1, where lesson 10 runs its app."""
    import fcntl  # not on Windows

    # Where this isn't allowed, only lesson 10's app is missing.
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sH14s", b"lo", _UP, b""))


if __name__ == "__main__":
    bring_up_loopback()
    del sys.path[0]  # this folder, where a student's imports have no business
    runpy.run_module("ipykernel_launcher", run_name="__main__")
