"""Outside of Blender this file makes the repository's root the package ``sketch2pose``.

Inside of Blender the root is the package ``bl_ext.<repository>.sketch2pose``. With one package
around all parts in both places, they import each other relatively and never need to know its name.
"""

from pathlib import Path

__path__ = [str(Path(__file__).resolve().parent)]
