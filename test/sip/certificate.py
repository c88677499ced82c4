"""A certificate that a switch under test shows."""

import subprocess


def make_certificate(folder, address):
    """(certificate, key) for that address, signed by itself."""
    certificate, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes",
         "-days", "2", "-subj", "/CN=switch.test", "-addext",
         f"subjectAltName=IP:{address}", "-keyout", key, "-out", certificate],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return str(certificate), str(key)
