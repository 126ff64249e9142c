"""Where variables live. SpiffWorkflow copies all data into every task; here each value is stored once.

A frame holds what its branch, scope or activity changed and looks up everything else in its parent. Branches of a fork
get a frame each, so that they cannot overwrite each other with stale copies; a join writes the changes of all of them.
"""

from collections.abc import Iterable, Iterator, Mapping

from engine.decision.values import Value


class Frame:
    """`branch`: made by a fork, may be folded into its parent; others belong to a scope or one activity."""

    __slots__ = ("branch", "parent", "values")

    def __init__(
        self, parent: "Frame | None" = None, values: Mapping[str, Value] | None = None, *, branch: bool = False
    ) -> None:
        self.parent = parent
        self.values: dict[str, Value] = dict(values or {})
        self.branch = branch

    def chain(self) -> Iterator["Frame"]:
        """This frame, its parent, and so on."""
        frame: Frame | None = self
        while frame is not None:
            yield frame
            frame = frame.parent

    def view(self) -> dict[str, Value]:
        """All variables seen from here, as a new dict."""
        if self.parent is None:
            return dict(self.values)
        seen: dict[str, Value] = {}
        for frame in reversed(list(self.chain())):
            seen.update(frame.values)
        return seen

    def changes_since(self, ancestor: "Frame") -> dict[str, Value]:
        """What was changed between the ancestor and here; everything when it is no ancestor."""
        path: list[Frame] = []
        for frame in self.chain():
            if frame is ancestor:
                break
            path.append(frame)
        changes: dict[str, Value] = {}
        for frame in reversed(path):
            changes.update(frame.values)
        return changes


def joined(frames: Iterable[Frame]) -> Frame:
    """The frame behind a join: what the branches share, and on top what each changed, the later frame winning."""
    unique = list(dict.fromkeys(frames))
    if len(unique) == 1:
        return unique[0]
    others = [set(frame.chain()) for frame in unique[1:]]
    common = next(frame for frame in unique[0].chain() if all(frame in other for other in others))
    result = Frame(common, branch=True)
    for frame in unique:
        result.values.update(frame.changes_since(common))
    return result


def folded(held: Iterable[Frame]) -> dict[Frame, Frame]:
    """Folds branch frames that nobody shares a parent with any more into that parent.

    `held` are the frames that tokens stand on. Returns what to point at instead. Keeps chains as short as
    the number of open branches, however often a loop forked.
    """
    tokens = set(held)
    children = _children(tokens)
    moved: dict[Frame, Frame] = {}
    for parent in list(children):
        while _only_branch(children.get(parent, set()), parent, tokens):
            (branch,) = children.pop(parent)
            parent.values.update(branch.values)
            moved[branch] = parent
            if branch in tokens:
                tokens.add(parent)
            grandchildren = children.pop(branch, set())
            for frame in grandchildren:
                frame.parent = parent
            if grandchildren:
                children[parent] = grandchildren
    return {frame: _target(frame, moved) for frame in moved}


def _children(frames: Iterable[Frame]) -> dict[Frame, set[Frame]]:
    """Every frame above these, with the frames directly below it; each is looked at once."""
    children: dict[Frame, set[Frame]] = {}
    for start in frames:
        for frame in start.chain():
            if frame.parent is None or frame in children.setdefault(frame.parent, set()):
                break
            children[frame.parent].add(frame)
    return children


def _only_branch(children: set[Frame], parent: Frame, tokens: set[Frame]) -> bool:
    return len(children) == 1 and parent not in tokens and next(iter(children)).branch


def _target(frame: Frame, moved: Mapping[Frame, Frame]) -> Frame:
    while frame in moved:
        frame = moved[frame]
    return frame
