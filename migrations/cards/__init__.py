"""Revision 0005, a module a subject: the card's choices, the holder, shakes, legal entities, credentials, reports."""
