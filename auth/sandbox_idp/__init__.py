"""A stand-in for the city's real-name platform: a real OpenID provider for development, refused in production.

It runs in its own process, with its own cookie name and its own state file, and knows fictional people only.
"""

from auth.sandbox_idp.app import create_idp

__all__ = ["create_idp"]
