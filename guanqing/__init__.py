"""Guanqing (馆情): how a public library is doing, from its own records."""

__version__ = "0.1.0"
