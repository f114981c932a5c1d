"""Equations that are tested, exhibits that are refuted, and the cases both are tried on."""
