"""What the writer looks at in the manager, so that another manager can look at the same."""

from __future__ import annotations

from typing import NamedTuple

from app.core.models.catalogue_search import CatalogueFilter


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
