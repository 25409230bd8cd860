"""Order of things that build on each other (segmentation schemes).

``dependencies`` maps each node to the nodes it builds on. Nodes that are named
only as a dependency count as nodes without dependencies of their own.
"""


def find_cycle(dependencies, start):
    """Return a shortest way from ``start`` back to itself, or an empty list.

    The first and the last node of the way are ``start``.

    >>> find_cycle({"a": {"b"}, "b": {"c"}, "c": set()}, "a")
    []
    >>> find_cycle({"a": {"a"}}, "a")
    ['a', 'a']
    >>> find_cycle({"a": {"b", "c"}, "b": {"d"}, "c": {"a"}, "d": {"a"}}, "a")
    ['a', 'c', 'a']
    >>> find_cycle({"a": {"b"}, "b": {"c"}, "c": {"b"}}, "a")  # beside the ring
    []
    >>> find_cycle({}, "a")
    []
    """
    came_from = {}
    frontier = [start]
    while frontier:
        reached = []
        for node in frontier:
            for following in sorted(dependencies.get(node, ())):
                if following == start:
                    return [start, *_way_to(node, start, came_from), start]
                if following not in came_from:
                    came_from[following] = node
                    reached.append(following)
        frontier = reached
    return []


def _way_to(node, start, came_from):
    """Return the nodes after ``start`` up to and including ``node``."""
    way = []
    while node != start:
        way.append(node)
        node = came_from[node]
    return way[::-1]


def in_dependency_order(nodes, dependencies):
    """Return ``nodes`` so that each stands after those it builds on.

    The given order is kept wherever the dependencies leave a choice. Nodes on a
    ring cannot be ordered; they keep their place among each other.

    >>> in_dependency_order(["a", "b", "c"], {"a": {"c"}, "b": {"a"}})
    ['c', 'a', 'b']
    >>> in_dependency_order(["b", "a"], {})
    ['b', 'a']
    >>> in_dependency_order(["a", "c"], {"a": {"b"}, "b": {"c"}})  # by way of b
    ['c', 'a']
    >>> in_dependency_order(["a", "b", "c"], {"a": {"b"}, "b": {"a"}, "c": {"a"}})
    ['b', 'a', 'c']
    >>> in_dependency_order([], {"a": {"b"}})
    []
    """
    wanted = set(nodes)
    seen = set()
    ordered = []
    for root in nodes:
        stack = [(root, False)]
        while stack:
            node, is_done = stack.pop()
            if is_done:
                if node in wanted:
                    ordered.append(node)
                continue
            if node in seen:
                continue
            seen.add(node)
            stack.append((node, True))
            below = sorted(dependencies.get(node, ()), reverse=True)
            stack.extend((following, False) for following in below)
    return ordered
