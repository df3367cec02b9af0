"""Registers every Blender class of the add-on, and undoes it exactly.

Modules are imported inside `register()`, so importing this file costs nothing. An operator module
is found by lying in `operators/`; it offers `classes` and, when it has handlers or keymaps of its
own, `register()` and `unregister()`.
"""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType

import bpy

# Order matters: property groups first, because panels and operators point to them; panels before
# operators, because operator modules may bring panels that belong below the main one.
_BEFORE_OPERATORS = ("properties", "preferences", "jobs", "live")
_BEFORE_OPERATORS += ("correcting", "panels", "panels_people", "panels_correct", "panels_seeing")
_BEFORE_OPERATORS += ("library_settings", "thumbnails", "panels_readings", "panels_library")
_AFTER_OPERATORS = ("translations", "menus", "overlay", "limits_overlay", "handles", "cli")

_registered: list[ModuleType] = []


def modules() -> list[ModuleType]:
    """Imports and returns the modules that take part in registration, in order."""
    package = __package__
    operators = importlib.import_module(".operators", package)
    operator_names = sorted(info.name for info in pkgutil.iter_modules(operators.__path__))
    names = [f".{name}" for name in _BEFORE_OPERATORS]
    names += [f".operators.{name}" for name in operator_names]
    names += [f".{name}" for name in _AFTER_OPERATORS]
    return [importlib.import_module(name, package) for name in names]


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
