"""Whether everything that an answer needs is there and whole, and what to do where it is not."""

from pullquote.doctor.examining import examine
from pullquote.doctor.findings import Finding, Patient, worst

__all__ = ["Finding", "Patient", "examine", "worst"]
