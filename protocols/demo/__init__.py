"""Demonstration protocols, in our own words: every borough has one, at different stages of its life."""

from protocols.demo.load import load

__all__ = ["load"]
