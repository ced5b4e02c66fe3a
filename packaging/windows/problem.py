"""What whoever builds an installer can act on."""


class PackagingError(Exception):
    """An installer cannot be built, signed or checked; the text says why and what to do."""
