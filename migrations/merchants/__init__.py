"""Revision 0004, a module a subject: offers as versions, places, statements, orders to their end, webhooks, sandbox."""
