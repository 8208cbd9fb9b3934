from myopinn.formats.encodings import decoded


def test_text_is_read_in_the_encoding_that_it_can_be_in():
    assert decoded("5 µV é".encode()) == "5 µV é"
    assert decoded("5 µV é €".encode("cp1252")) == "5 µV é €"
    # A byte that the Windows code page does not have.
    assert decoded(b"\x81\xb5V") == "\x81µV"
