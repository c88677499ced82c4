"""How the checks of the tree tell what they have found."""


def report(found):
    """Prints findings by rule, as (path, line, message), and the count of rules
    that hold; the exit code."""
    for name, rows in found.items():
        for path, line, message in rows:
            print(f"{path}:{line}: {name}: {message}")
    failed = sum(1 for rows in found.values() if rows)
    print(f"{len(found) - failed} passed, {failed} failed")
    return 1 if failed else 0
