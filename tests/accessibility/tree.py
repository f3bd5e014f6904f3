"""The tree that a screen reader is given, walked within the process: what each control says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QWidget

ROLE = QAccessible.Role
CONTROLS = {
    ROLE.Button,
    ROLE.ButtonMenu,
    ROLE.ButtonDropDown,
    ROLE.CheckBox,
    ROLE.ComboBox,
    ROLE.EditableText,
    ROLE.Link,
    ROLE.List,
    ROLE.MenuItem,
    ROLE.PageTab,
    ROLE.PageTabList,
    ROLE.ProgressBar,
    ROLE.RadioButton,
    ROLE.Slider,
    ROLE.SpinBox,
    ROLE.Table,
    ROLE.Tree,
}
ROWS = {ROLE.ListItem, ROLE.TreeItem, ROLE.Cell}

_ROWS_LOOKED_AT = 50


class Control(NamedTuple):
    """One control as it is read aloud."""

    role: QAccessible.Role
    name: str
    value: str
    description: str
    is_disabled: bool
    widget: QWidget | None

    def __str__(self) -> str:
        kind = type(self.widget).__name__ if self.widget is not None else ""
        return f"{self.role.name} {kind} “{self.name}” = “{self.value}” ({self.description})"


def controls(window: QWidget) -> list[Control]:
    """Every control of a window that is shown, and the rows of its lists, in the tree's order."""
    root = QAccessible.queryAccessibleInterface(window)
    assert root is not None
    return [_control(one) for one in _walk(root) if _is_control(one)]


def nameless(found: list[Control]) -> list[str]:
    """The controls that have no name of their own."""
    return [str(one) for one in found if not _own_name(one).strip()]


def _own_name(control: Control) -> str:
    """Its name; for a list of choices, whose name is the choice, that of the label beside it."""
    if control.role is not ROLE.ComboBox or control.widget is None:
        return control.name
    interface = QAccessible.queryAccessibleInterface(control.widget)
    assert interface is not None
    labels = interface.relations(QAccessible.RelationFlag.Label)
    return ", ".join(label.text(QAccessible.Text.Name) for label, _flag in labels)


def _walk(one: QAccessibleInterface) -> Iterator[QAccessibleInterface]:
    if one.state().invisible:
        return
    yield one
    for number in range(min(one.childCount(), _ROWS_LOOKED_AT)):
        child = one.child(number)
        if child is not None:
            yield from _walk(child)


def _is_control(one: QAccessibleInterface) -> bool:
    role = one.role()
    return role in CONTROLS or role in ROWS or bool(one.state().focusable)


def _control(one: QAccessibleInterface) -> Control:
    text = QAccessible.Text
    found = one.object()
    return Control(
        role=one.role(),
        name=one.text(text.Name),
        value=one.text(text.Value),
        description=one.text(text.Description),
        is_disabled=bool(one.state().disabled),
        widget=found if isinstance(found, QWidget) else None,
    )
