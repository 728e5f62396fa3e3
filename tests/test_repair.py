"""Diagnosis by repair: of single slips in hand-derived gradients nearly all are mended, and none falsely."""

from __future__ import annotations
