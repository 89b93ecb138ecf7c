"""The steps by which documents are compared, one by one, for engines that run them on many machines.

Tables of Arrow go in and come out. The kernels use the caller's thread, hold no state between calls, and read no
environment. All tasks of a job take the same `Kernels`, which is pickled with them.

A *place* is a number that says where a document stands in keep order: of duplicates, the one with the smallest place stays.
"""

import secrets
from typing import Any

from doublon._doublon import Decider, Kernels, components

__all__ = ["Decider", "Kernels", "components", "draw"]


def draw(**settings: Any) -> Kernels:
    """Makes kernels with these settings, and a secret seed drawn for this job.

    Texts are compared by hashes that the secret seed decides, so that nobody can make a text that is taken for another one.
    The answers do not depend on it.
    """
    return Kernels(secrets.randbits(64), **settings)


def _kernels(secret: int, settings: dict[str, Any]) -> Kernels:
    return Kernels(secret, **settings)
