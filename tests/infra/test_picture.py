"""The picture of the system on AWS: that it is the one which its source describes, and shows every template."""

import re
from pathlib import Path
from xml.etree import ElementTree

from templates import FOLDER

DOCS = Path(__file__).parents[2] / "docs"
SOURCE = (DOCS / "aws.dot").read_text()


def words(text):
    """The words of a label, however it is broken into lines."""
    return re.sub(r"\\[nl]", " ", text).split()


def test_the_picture_is_drawn_from_its_source():
    drawn = [text.text for text in ElementTree.parse(DOCS / "aws.svg").iter("{http://www.w3.org/2000/svg}text")]
    labels = re.findall(r'label="([^"]+)"', SOURCE)
    assert sorted(word for text in drawn for word in text.split()) == sorted(
        word for label in labels for word in words(label)
    )


def test_the_picture_shows_every_template():
    frames = [" ".join(words(label)) for label in re.findall(r'label="([^"]*yaml[^"]*)"', SOURCE)]
    shown = set(re.findall(r"[a-z-]+[.]yaml", " ".join(frames)))
    assert shown == {path.name for path in FOLDER.glob("*.yaml")} - {"ticketly.yaml"}
