"""Where the built things are."""

import os

from .errors import LauncherError

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
# CLOCKHAND_BUILD points the launcher at another build folder.
BUILD = os.environ.get("CLOCKHAND_BUILD") or os.path.join(ROOT, "build")


def image():
    return _built("clockhand.iso")


def kernel():
    return _built("clockhand.elf")


def stripped_kernel():
    """As it stands on the image: without what only a debugger wants."""
    return _built(os.path.join("iso", "boot", "clockhand.elf"))


def base_archive():
    return _built("initrd.cpio")


def _built(name):
    path = os.path.join(BUILD, name)
    if not os.path.exists(path):
        raise LauncherError(f"{path} is missing: run `make` first")
    return path
