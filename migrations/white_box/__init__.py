"""Revision 0003, one module a subject."""
