"""What the rules of tidy read: files, code without comments, functions."""

import pathlib
import re

# Folders that hold no source: results of builds and runs.
SKIPPED = {".git", "build", "data", "__pycache__", ".cache"}
CPP = {".cpp", ".hpp"}
PROSE = {".md", ".txt"}
SCRIPT = {".py", ".sh"}

_TOKENS = re.compile(
    r'//[^\n]*|/\*.*?\*/'
    r'|R"(?P<mark>[^\s()\\]{0,16})\(.*?\)(?P=mark)"'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'",
    re.DOTALL,
)


class Source:
    """One text file of the tree, with its path relative to the root."""

    def __init__(self, path, text):
        self.path = pathlib.PurePosixPath(path)
        self.text = text
        self.lines = text.split("\n")
        if self.lines and not self.lines[-1]:
            self.lines.pop()
        self._code = None

    @property
    def is_cpp(self):
        return self.path.suffix in CPP

    @property
    def is_script(self):
        return self.path.suffix in SCRIPT or self.text.startswith("#!")

    @property
    def code(self):
        """The text with comments and literals blanked, lines kept."""
        if self._code is None:
            self._code = _TOKENS.sub(_blank, self.text)
        return self._code

    def code_lines(self):
        return enumerate(self.code.split("\n"), 1)

    def room(self):
        """The room whose rules hold here; test/ROOM mirrors ROOM."""
        parts = self.path.parts
        if parts[:2] in (("actors", "model"), ("actors", "traffic")):
            return parts[1]
        return parts[0] if len(parts) > 1 else ""

    def includes(self):
        """Every #include as (line, header, is quoted)."""
        pattern = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')
        for number, line in enumerate(self.lines, 1):
            found = pattern.match(line)
            if found:
                yield number, found.group(2), found.group(1) == '"'


def _blank(found):
    token = found.group(0)
    kept = '""' if token[0] in 'R"' else " "
    return kept + "\n" * token.count("\n")


def tree(root):
    """All text files below root, sorted by path."""
    root = pathlib.Path(root)
    sources = []
    for path in sorted(root.rglob("*")):
        inner = path.relative_to(root)
        if SKIPPED & set(inner.parts) or not path.is_file():
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            sources.append(Source(inner.as_posix(), text))
    return sources


# -- functions -----------------------------------------------------------------
_TYPE = re.compile(
    r"(?:(?:inline|export|typedef|static|constexpr|const)\s+)*"
    r"(?:\[\[[^\]]*\]\]\s*)*"
    r"(?:class|struct|union|enum|namespace|extern\s+\"\")\b"
)
_DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)
_MACRO = re.compile(r"\s*[A-Z][A-Z0-9_]{3,}\s*\(")
_MEMBER = re.compile(r"\)[^(){}]*:(?!:).*[\w>]\s*$", re.DOTALL)


def _past(text, start, opener, closer):
    """The index just behind the bracket that closes the one at start."""
    depth = 0
    for index in range(start, len(text)):
        if text[index] == opener:
            depth += 1
        elif text[index] == closer:
            depth -= 1
            if depth == 0:
                return index + 1
    return len(text)


def _head(text):
    """A declaration's head without macros and template lists before it."""
    while True:
        text = text.strip()
        if re.match(r"template\s*<", text):
            text = text[_past(text, text.index("<"), "<", ">"):]
        elif re.match(r"(?:public|private|protected)\s*:", text):
            text = text[text.index(":") + 1:]
        elif _MACRO.match(text):
            rest = text[_past(text, text.index("("), "(", ")"):]
            if not rest.strip():
                return text
            text = rest
        else:
            return text


def _kind(head):
    """What the brace after head opens: type, member, data or function."""
    if _TYPE.match(head):
        return "type"
    if ")" not in head or head.endswith(("=", ",", "(", "return")):
        return "data"
    if _MEMBER.search(head) and "->" not in head.rsplit(")", 1)[-1]:
        return "member"
    return "function"


def functions(source):
    """Every outermost function body as (first line, last line, name)."""
    code = _DIRECTIVE.sub(
        lambda found: "\n" * found.group(0).count("\n"), source.code)
    start = index = 0
    while index < len(code):
        mark = code[index]
        if mark == "(":
            index = _past(code, index, "(", ")")
            continue
        if mark in ";}":
            start = index + 1
        elif mark == "{":
            head = _head(code[start:index])
            kind = _kind(head)
            if kind == "type":
                start = index + 1
            else:
                end = _past(code, index, "{", "}")
                if kind == "function":
                    first = code.count("\n", 0, index) + 1
                    last = code.count("\n", 0, end - 1) + 1
                    yield first, last, " ".join(head.split())[:60]
                    start = end
                index = end
                continue
        index += 1
