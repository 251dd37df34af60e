"""Where the built things are."""

from __future__ import annotations

import os

from .errors import LauncherError

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
# CLOCKHAND_BUILD points the launcher at another build folder.
BUILD = os.environ.get("CLOCKHAND_BUILD") or os.path.join(ROOT, "build")


def image() -> str:
    return _built("clockhand.iso")


def kernel() -> str:
    return _built("clockhand.elf")


def stripped_kernel() -> str:
    """As it stands on the image: without what only a debugger wants."""
    return _built(os.path.join("iso", "boot", "clockhand.elf"))


def base_archive() -> str:
    return _built("initrd.cpio")


def _built(name: str) -> str:
    path = os.path.join(BUILD, name)
    if not os.path.exists(path):
        raise LauncherError(f"{path} is missing: run `make` first")
    return path
