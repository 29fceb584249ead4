import pytest

from tests.documents.samples import Sealed, render, seal


@pytest.fixture(scope="session")
def signing_home(tmp_path_factory):
    return tmp_path_factory.mktemp("signing")


@pytest.fixture(autouse=True)
def signing(settings, signing_home):
    """One certificate authority for the room's tests, made as at first run."""
    settings.SIGNING_DIR = signing_home
    settings.SIGNING_PASSPHRASE = "not a secret, only a test"
    settings.SIGNING_TSA_URL = settings.SIGNING_CA_PKCS12 = settings.SIGNING_PKCS11 = ""


_made: dict[str, object] = {}


@pytest.fixture
def filed() -> bytes:
    """A protocol with two empty signature fields."""
    if "filed" not in _made:
        _made["filed"] = render()
    return _made["filed"]


@pytest.fixture
def sealed(filed, signing) -> Sealed:
    """The same with both signatures."""
    if "sealed" not in _made:
        _made["sealed"] = seal(filed)
    return _made["sealed"]
