"""Who signed, for whom, when."""

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Signatory:
    """A person signing for an organisation in a role. ``signed_at`` is the act; the file follows."""

    name: str
    role: str
    organisation: str
    signed_at: datetime

    @property
    def subject(self) -> x509.Name:
        return x509.Name(
            [
                x509.NameAttribute(NameOID.COUNTRY_NAME, "GB"),
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, self.organisation),
                x509.NameAttribute(NameOID.TITLE, self.role),
                x509.NameAttribute(NameOID.COMMON_NAME, self.name[:64]),  # the standard's limit
            ]
        )


@dataclass(frozen=True)
class Seal:
    """One signature that the file must hold, in order. At ``sealed_at`` the file with it was stored."""

    signatory: Signatory
    sealed_at: datetime
