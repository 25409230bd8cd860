"""Which documents belong together: walking along links, and which links to draw."""


def follow(seeds, find_next, limit):
    """Walk from ``seeds`` along links until nothing new is found.

    :param find_next: function that gets the documents found in the last step and
        returns the links ``(from, to)`` that lead on from them, all in one go
    :param limit: number of documents after which the walk stops taking new ones
    :return: the documents in the order of finding, the set of links between them,
        and whether these are all

    >>> after = {"order": ["delivery", "invoice"], "invoice": ["payment"]}
    >>> def find_next(documents):
    ...     return [(one, other) for one in documents for other in after.get(one, [])]
    >>> follow(["order"], find_next, 9)[0]
    ['order', 'delivery', 'invoice', 'payment']
    >>> sorted(follow(["invoice"], find_next, 9)[1])
    [('invoice', 'payment')]
    >>> follow(["order"], find_next, 2)
    (['order', 'delivery'], {('order', 'delivery')}, False)
    >>> follow([1], lambda documents: [(1, 2), (2, 1)], 9)[0]
    [1, 2]
    """
    found = dict.fromkeys(seeds)
    links, is_complete = set(), True
    frontier = list(found)
    while frontier:
        reached = {}
        for link in find_next(frontier):
            links.add(link)
            if link[1] in found:
                continue
            if len(found) < limit:
                found[link[1]] = reached[link[1]] = None
            else:
                is_complete = False
        frontier = list(reached)
    kept = {link for link in links if link[0] in found and link[1] in found}
    return list(found), kept, is_complete


def direct_links(links):
    """Leave out the links that a detour over one other document says already.

    An order leads to its credit note; the line drawn is the one over the invoice.

    >>> sorted(direct_links({("o", "i"), ("o", "c"), ("i", "c"), ("o", "d")}))
    [('i', 'c'), ('o', 'd'), ('o', 'i')]
    """
    after = {}
    for source, target in links:
        after.setdefault(source, set()).add(target)
    detours = {
        source: set().union(*(after[middle] for middle in targets & after.keys()))
        for source, targets in after.items()
    }
    return {
        (source, target) for source, target in links if target not in detours[source]
    }


def first_shown(documents, limit, current):
    """Return the first ``limit`` documents, the ``current`` one always among them.

    >>> first_shown([1, 2, 3, 4], 2, 2), first_shown([1, 2, 3, 4], 2, 4)
    ([1, 2], [1, 4])
    >>> first_shown([1, 2], 5, 7)
    [1, 2]
    """
    shown = documents[:limit]
    if current in documents[limit:]:
        shown[-1] = current
    return shown
