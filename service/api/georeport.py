"""GeoReport's two ways to write the same thing. Pure."""

import json
import re
from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

_NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(outer: str, inner: str, found: list[Any] | Mapping[str, Any], xml: bool) -> bytes:
    """A list or an object as JSON, or as XML in an element ``outer`` with ``inner`` ones.

    >>> print(write("errors", "error", [{"code": 404, "description": "a < b"}], xml=False).decode())
    [{"code": 404, "description": "a < b"}]
    >>> print(write("errors", "error", [{"code": 404, "description": "a < b"}], xml=True).decode())
    <?xml version='1.0' encoding='utf-8'?>
    <errors><error><code>404</code><description>a &lt; b</description></error></errors>
    """
    if not xml:
        return json.dumps(found, ensure_ascii=False).encode()
    root = Element(outer)
    _fill(root, inner, found)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _fill(element: Element, inner: str, value: Any) -> None:
    if isinstance(value, list):
        for one in value:
            _fill(SubElement(element, inner), inner, one)
    elif isinstance(value, Mapping):
        for name, one in value.items():
            _fill(SubElement(element, name), inner, one)
    elif value is not None:
        element.text = _NOT_IN_XML.sub("\ufffd", str(value).lower() if isinstance(value, bool) else str(value))
