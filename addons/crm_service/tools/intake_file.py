"""What an uploaded file is, told by its first bytes and never by its name."""

SIGNATURES = (
    ("jpeg", b"\xff\xd8\xff"),
    ("png", b"\x89PNG\r\n\x1a\n"),
    ("gif", b"GIF87a"),
    ("gif", b"GIF89a"),
    ("pdf", b"%PDF-"),
)
# what the host decodes; it knows no WebP
PICTURES = ("jpeg", "png", "gif")
EXTENSIONS = {"jpeg": "jpg", "png": "png", "gif": "gif", "pdf": "pdf"}


def sniff(data):
    """Return the kind of a file, None for any that is not known here.

    >>> sniff(b"\\xff\\xd8\\xff\\xe0..."), sniff(b"%PDF-1.7")
    ('jpeg', 'pdf')
    >>> sniff(b"RIFF\\x00\\x00\\x00\\x00WEBPVP8 ") is None
    True
    >>> sniff(b"<svg onload=alert(1)>"), sniff(b"MZ\\x90"), sniff(b"")
    (None, None, None)
    """
    for kind, start in SIGNATURES:
        if data.startswith(start):
            return kind
    return None


def find_problem(data, kinds, max_bytes):
    """Return why a file is refused: empty, large or kind; None if it is not.

    >>> find_problem(b"", ("png",), 9), find_problem(b"%PDF-1.7 and", ("pdf",), 9)
    ('empty', 'large')
    >>> find_problem(b"%PDF-1.7", ("png",), 9), find_problem(b"%PDF-1.7", ("pdf",), 9)
    ('kind', None)
    """
    if not data:
        return "empty"
    if len(data) > max_bytes:
        return "large"
    return None if sniff(data) in kinds else "kind"


def split_attachments(sizes, max_count, max_bytes, max_total):
    """Return (positions kept, positions left out) of a mail's attachments.

    >>> split_attachments([5, 50, 5, 5, 5], 3, 10, 100)
    ([0, 2, 3], [1, 4])
    >>> split_attachments([6, 6, 2], 9, 10, 8)
    ([0, 2], [1])
    """
    kept, left_out, total = [], [], 0
    for position, size in enumerate(sizes):
        is_kept = (
            len(kept) < max_count and size <= max_bytes and total + size <= max_total
        )
        if is_kept:
            kept.append(position)
            total += size
        else:
            left_out.append(position)
    return kept, left_out
