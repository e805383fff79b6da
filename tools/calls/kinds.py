"""What kind of audio a file is, by how it begins; its name is not to be believed."""

# (offset, first bytes, media type)
MARKS = (
    (0, b"fLaC", "audio/flac"),
    (8, b"WAVE", "audio/wav"),
    (0, b"OggS", "audio/ogg"),
    (4, b"ftyp", "audio/mp4"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\x1aE\xdf\xa3", "audio/webm"),
    (0, b"#!AMR", "audio/amr"),
    (8, b"AIFF", "audio/aiff"),
    (8, b"AIFC", "audio/aiff"),
    (0, b".snd", "audio/basic"),
    (0, b"caff", "audio/x-caf"),
)
UNKNOWN = "application/octet-stream"


def media_type(head: bytes) -> str:
    """The media type of a file that begins with `head`: at least 12 bytes of it."""
    for offset, mark, kind in MARKS:
        if head[offset : offset + len(mark)] == mark:
            return kind
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        # A frame of MPEG audio; without a layer it is AAC in ADTS.
        return "audio/mpeg" if head[1] & 0x06 else "audio/aac"
    return UNKNOWN
