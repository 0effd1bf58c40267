"""Revision 0002, by subject: what identity to the letter needs beyond the first release's tables."""
