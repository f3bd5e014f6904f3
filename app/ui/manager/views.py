"""What the writer looks at in the manager, so that another manager can look at the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from app.core.models.catalogue_search import CatalogueFilter

if TYPE_CHECKING:
    from app.ui.manager.window import ModelManager


class InstalledView(NamedTuple):
    """The order of the list, the purpose looked for, and the path of the selected model."""

    order: str
    purpose: str
    selected: str


class CatalogueView(NamedTuple):
    """What is looked for, and the id of the entry that is selected."""

    wish: CatalogueFilter
    selected: str


class ManagerView(NamedTuple):
    """The number of the tab that is shown, and what is looked at in each."""

    tab: int
    installed: InstalledView
    catalogue: CatalogueView


def view_of(manager: ModelManager) -> ManagerView:
    """What the writer looks at in a manager."""
    return ManagerView(
        tab=manager.tabs.currentIndex(),
        installed=manager.installed.view(),
        catalogue=manager.catalogue.view(),
    )


def take_view(manager: ModelManager, view: ManagerView) -> None:
    """Look at the same in a new manager; what has to be read first is selected after that."""
    manager.tabs.setCurrentIndex(view.tab)
    manager.installed.take_view(view.installed)
    manager.catalogue.take_view(view.catalogue)
