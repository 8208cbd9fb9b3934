"""A configuration is read as values alone, and what is wrong with the file has its line."""

import re

import pytest

from myopinn.config.yaml_file import load_yaml
from myopinn.errors import ConfigError


@pytest.fixture
def write(tmp_path):
    def write(content):
        path = tmp_path / "config.yaml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def refused(path):
    with pytest.raises(ConfigError) as error:
        load_yaml(path)
    said = str(error.value)
    assert said.startswith(str(path)) and "Remedy: " in said
    return said.removeprefix(str(path))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("study:\n\tname: A\n", ", line 2: .*spaces, not with tabs"),
        ("study:\n  name: A\n   seed: 1\n", ", line 3: this is not YAML: mapping values"),
        ("a: [1, 2\nb: 3\n", ", line 2: this is not YAML: .*close every bracket"),
        ("a: *b\n", ", line 1: .*undefined alias.*before the alias"),
        ("a: 1\nb: {<<: 5}\n", ", line 2: .*expected a mapping"),
        ("a: 1\n---\nb: 2\n", ", line 2: .*one document"),
        ("a: 1\nb: !!python/object/apply:os.system [id]\n", ", line 2: .*delete the tag"),
        ("a: 1\nb: !lab 1\n", ", line 2: .*delete the tag"),
        ("a: 2020-13-45\n", " holds a value that YAML cannot read .month"),
        ("a: &a [1, *a]\n", ", line 1: a value contains itself"),
        ("a: 1\n".encode("utf-16"), ", line 1: this is not text in UTF-8"),
        ("a: 1\n".encode("utf-16-le"), ", line 1: this is not text in UTF-8"),
        ("a: 1\nb: é\n".encode("latin-1"), ", line 2: this is not text in UTF-8"),
        ("a: 1\nb: \x01\n", ": this is not YAML: the file holds characters that are no text"),
        ("", " is empty"),
        ("# nothing\n", " is empty"),
        ("- a\n- b\n", " does not consist of keys with values"),
        ("a\n", " does not consist of keys with values"),
    ],
)
def test_a_file_that_cannot_be_read_is_answered_with_its_line(write, content, said):
    text = refused(write(content))
    assert re.match(said, text)
    assert "\n" not in text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("study: 1\nfolds: {a: 1}\nfolds: {a: 2}\n", ", line 3: the key 'folds' .* in line 2"),
        ("study: {seed: 1, seed: 2}\n", ", line 1: the key 'seed' .* in line 1"),
        ("a:\n  - b: 1\n    c: 2\n    b: 3\n", ", line 4: the key 'b' .* in line 2"),
    ],
)
def test_a_key_that_is_given_twice_is_refused_with_both_lines(write, content, said):
    assert re.match(said, refused(write(content)))


def test_every_key_that_is_given_twice_is_named_at_once(write):
    assert refused(write("a: 1\nb: 2\na: 3\nb: 4\n")).count("is given a second time") == 2


@pytest.mark.parametrize("key", ["__use_yte__", "__variables__", "__definitions__"])
def test_a_file_that_asks_for_expressions_to_be_evaluated_is_refused(write, key):
    text = refused(write(f"a: 1\n{key}: true\nname: ?print(1)\n"))
    assert text.startswith(f", line 2: '{key}' asks for expressions to be evaluated")


def test_what_looks_like_an_expression_is_text(write):
    assert load_yaml(write("name: ?str(1 + 1)\n"))[0] == {"name": "?str(1 + 1)"}


def test_anchors_and_other_line_ends_are_read(write):
    content = "\ufeffa: &a {x: 1, y: 2}\r\nb: {<<: *a, y: 3}\r\nc: *a\r\n"
    values = {"x": 1, "y": 2}
    assert load_yaml(write(content))[0] == {"a": values, "b": {"x": 1, "y": 3}, "c": values}


def test_a_folder_without_a_configuration_is_told_how_a_study_is_run(tmp_path):
    assert "make reproduce STUDY=" in refused(tmp_path / "config.yaml")
