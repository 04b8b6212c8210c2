"""The health of a scenario's data as tables for the terminal and as one page for a browser."""

from __future__ import annotations

from lastmile.health_page.page import health_page
from lastmile.health_page.writing import refuse_foreign_page, write_page

__all__ = ["health_page", "refuse_foreign_page", "write_page"]
