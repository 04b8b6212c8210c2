"""Reports from a plan: the workbook, and a sheet and a GPX file per route."""

from lastmile.report.pack import write_report

__all__ = ["write_report"]
