"""Files that mean harm, or were only saved by somebody in a hurry."""
