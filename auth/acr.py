"""How surely and how lately someone logged in: `acr` values and the age of a login (RFC 9470)."""

from __future__ import annotations

ASSURANCE = ("urn:xinyi:al1", "urn:xinyi:al2", "urn:xinyi:al3")
"""The real-name platform's assurance levels, each as good as those before it."""
OPERATOR_OTP = "urn:xinyi:operator:otp"
"""An operator by real name and one-time code: the class that the whole desk asks for."""
SUPPORTED = (*ASSURANCE, OPERATOR_OTP)
AMR = {OPERATOR_OTP: ["otp"]}
"""Class → the methods that it stands for (RFC 8176), where we know them."""
FRESH_SECONDS = 300
"""How old a login may be for what cannot be taken back: leaving, taking all data out, giving the score away."""


def satisfies(acr: str, wanted: str) -> bool:
    """Whether a login of class `acr` is as good as the class that is `wanted`."""
    if acr in ASSURANCE and wanted in ASSURANCE:
        return ASSURANCE.index(acr) >= ASSURANCE.index(wanted)
    return acr == wanted
