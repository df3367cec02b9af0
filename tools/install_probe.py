"""Whether a zip can be installed and enabled: ``python -m tools.install_probe ZIP`` with bpy."""

from __future__ import annotations

import os
import sys
import traceback


def probe(zip_file: str) -> int:
    """Install, enable, disable again; 0 when all of it works."""
    import bpy

    name = "bl_ext.user_default.sketch2pose"
    try:
        bpy.ops.extensions.package_install_files(
            filepath=zip_file, repo="user_default", enable_on_install=True
        )
        enabled = name in bpy.context.preferences.addons
        bpy.ops.preferences.addon_disable(module=name)
    except RuntimeError:
        traceback.print_exc()
        return 1
    return 0 if enabled else 1


if __name__ == "__main__":
    result = probe(sys.argv[1])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(result)  # bpy hangs at interpreter exit in some versions
