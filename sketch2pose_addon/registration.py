"""Registers every Blender class of the add-on, and undoes it exactly.

Modules are imported inside `register()`, so importing this file costs nothing. Each feature's
folder names the modules that take part in `REGISTERED`; such a module offers `classes` and, when
it has handlers or keymaps of its own, `register()` and `unregister()`.
"""

from __future__ import annotations

import importlib
from types import ModuleType

import bpy

# Order matters: settings first, because panels and operators point to them; then the main panel;
# then the features in the order in which their sub-panels stand in the sidebar.
_FLOOR = ("host", "backend")
_FEATURES = ("alternatives", "drawing", "people", "correction", "review", "pose_library", "bodies")
_FEATURES += ("retargeting", "video", "results", "skel", "setup")

_registered: list[ModuleType] = []


def modules() -> list[ModuleType]:
    """Imports and returns the modules that take part in registration, in order."""
    names = [*_named(_FLOOR), ".main_panel", *_named(_FEATURES), ".translations", ".menus", ".cli"]
    return [importlib.import_module(name, __package__) for name in names]


def _named(features: tuple[str, ...]) -> list[str]:
    packages = [(name, importlib.import_module(f".{name}", __package__)) for name in features]
    return [f".{name}.{module}" for name, package in packages for module in package.REGISTERED]


def register() -> None:
    """Registers all modules; if one fails, those before it are taken out again."""
    try:
        for module in modules():
            _register_module(module)
    except Exception:
        unregister()
        raise


def unregister() -> None:
    """Takes out everything `register()` put in, in reverse order. Safe to call twice."""
    while _registered:
        _unregister_module(_registered.pop())


def _register_module(module: ModuleType) -> None:
    try:
        for cls in getattr(module, "classes", ()):
            bpy.utils.register_class(cls)
        if hasattr(module, "register"):
            module.register()
    except Exception:
        _unregister_classes(module)
        raise
    _registered.append(module)


def _unregister_module(module: ModuleType) -> None:
    if hasattr(module, "unregister"):
        module.unregister()
    _unregister_classes(module)


def _unregister_classes(module: ModuleType) -> None:
    for cls in reversed(getattr(module, "classes", ())):
        if cls.is_registered:
            bpy.utils.unregister_class(cls)
