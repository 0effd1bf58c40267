"""Attacks as data: each is told in one line, sent by a small runner, and refused with the right error."""
