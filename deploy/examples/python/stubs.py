"""Makes the Python stubs of the protocol when they are needed: `import stubs`,
then `from strowger.v1 import …`.

They are made by protoc, of the Debian packages protobuf-compiler and
protobuf-compiler-grpc, into $STROWGER_STUBS or build/python. The modules grpc
and google.protobuf are python3-grpcio and python3-protobuf.
"""

import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
PROTOS = sorted((ROOT / "proto").glob("strowger/v1/*.proto"))


def folder():
    return pathlib.Path(os.environ.get("STROWGER_STUBS")
                        or ROOT / "build" / "python")


def make(out):
    """Makes the stubs in this folder, unless they are newer than the protocol."""
    mark = out / "made"
    newest = max(x.stat().st_mtime for x in PROTOS)
    if mark.exists() and mark.stat().st_mtime >= newest:
        return
    out.mkdir(parents=True, exist_ok=True)
    plugin = shutil.which("grpc_python_plugin")
    if not shutil.which("protoc") or not plugin:
        sys.exit("stubs: install protobuf-compiler and protobuf-compiler-grpc")
    subprocess.run(
        ["protoc", f"-I{ROOT / 'proto'}", f"--python_out={out}",
         f"--grpc_python_out={out}", f"--plugin=protoc-gen-grpc_python={plugin}",
         *map(str, PROTOS)], check=True)
    mark.touch()


make(folder())
sys.path.insert(0, str(folder()))
