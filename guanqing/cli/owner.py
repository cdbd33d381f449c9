"""What root makes in another account's store becomes that account's.

`sudo guanqing verify` would else leave heads that the server may not read: it would let nobody in,
or not know any more what there was.
"""

import os
import stat
from pathlib import Path

CLOCKS_APART = 1  # seconds: a disk's times are those of the last tick


def hand_over(root: Path, since: float) -> None:
    """Give what this account, if it is root, has made in a store since then to the store's owner.

    A file of several names may be one from elsewhere, so it stays root's.
    """
    if os.geteuid() != 0 or not root.is_dir() or root.stat().st_uid == 0:
        return
    owner = root.stat()
    for _folder, folders, files, descriptor in os.fwalk(root):
        for name in [*folders, *files]:
            found = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
            is_new = found.st_uid == 0 and found.st_ctime >= since - CLOCKS_APART
            if is_new and (found.st_nlink == 1 or stat.S_ISDIR(found.st_mode)):
                ids = (owner.st_uid, owner.st_gid)
                os.chown(name, *ids, dir_fd=descriptor, follow_symlinks=False)
