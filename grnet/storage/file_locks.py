"""What a file system answers that has no locks."""

from __future__ import annotations

import errno

NO_LOCKS = (errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP)
"""Error numbers; then nothing keeps two processes apart."""
