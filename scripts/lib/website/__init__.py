"""The documentation as a site of static pages that need no network: read ``site.py`` first.

docs/, README.md, reports/ ──► tree.py ──┐
docstrings, commands ──► reference/  ────┴──► site.py ──► MkDocs ──► links.py, which finds no link broken
"""
