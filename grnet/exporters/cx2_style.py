"""How Cytoscape draws the network: the visual style in a CX2 file, with the meanings that the page has.

Enter: the range of degrees and of probabilities. Leave: the aspects `visualProperties` and `visualEditorProperties`.
Names and values are those of "CX2 Visual Styles" (cytoscape.org/cx/cx2/cx2-visual-styles).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grnet.exporters.graphml import NODE_NAME
from grnet.schema.tables import ACTIVATION, PROBABILITY, REPRESSION, SIGN, UNKNOWN_SIGN

DEGREE = "degree"
ROLE, STATUS = "role", "status"
TF_ROLE, TARGET_ROLE, KNOWN_STATUS, NOVEL_STATUS = "TF", "target", "known", "novel"
"""What `is_tf` and `known` say, in words: some readers of CX2 cannot map truth values."""
SIGN_COLOURS = {ACTIVATION: "#0072B2", REPRESSION: "#D55E00", UNKNOWN_SIGN: "#7A7A7A"}
"""Of Okabe & Ito (2008), which the colour-blind tell apart."""
SIGN_ARROWS = {ACTIVATION: "triangle", REPRESSION: "tee", UNKNOWN_SIGN: "triangle"}
TF_COLOUR, TARGET_COLOUR, INK = "#2B2F77", "#F2C14E", "#1D2733"
"""Those of the page."""
NODE_SIZES, EDGE_WIDTHS = (22.0, 80.0), (1.0, 6.0)
"""Of the lowest and the highest value, pixels."""
_FONT = {"FONT_FAMILY": "sans-serif", "FONT_STYLE": "normal", "FONT_WEIGHT": "normal"}
_BESIDE = {  # a dark diamond would hide a label on it
    "HORIZONTAL_ALIGN": "center",
    "VERTICAL_ALIGN": "top",
    "HORIZONTAL_ANCHOR": "center",
    "VERTICAL_ANCHOR": "bottom",
    "MARGIN_X": 0.0,
    "MARGIN_Y": 0.0,
    "JUSTIFICATION": "center",
}
_NODE_DEFAULTS = {
    "NODE_SHAPE": "ellipse",
    "NODE_BACKGROUND_COLOR": TARGET_COLOUR,
    "NODE_BACKGROUND_OPACITY": 1.0,
    "NODE_BORDER_COLOR": INK,
    "NODE_BORDER_OPACITY": 1.0,
    "NODE_BORDER_STYLE": "solid",
    "NODE_BORDER_WIDTH": 1.0,
    "NODE_WIDTH": NODE_SIZES[0],
    "NODE_HEIGHT": NODE_SIZES[0],
    "NODE_LABEL_COLOR": INK,
    "NODE_LABEL_FONT_FACE": _FONT,
    "NODE_LABEL_FONT_SIZE": 11,
    "NODE_LABEL_MAX_WIDTH": 200.0,
    "NODE_LABEL_OPACITY": 1.0,
    "NODE_LABEL_POSITION": _BESIDE,
    "NODE_VISIBILITY": "element",
}
_EDGE_DEFAULTS = {
    "EDGE_LINE_COLOR": SIGN_COLOURS[UNKNOWN_SIGN],
    "EDGE_LINE_STYLE": "dashed",
    "EDGE_OPACITY": 0.8,
    "EDGE_SOURCE_ARROW_SHAPE": "none",
    "EDGE_TARGET_ARROW_COLOR": SIGN_COLOURS[UNKNOWN_SIGN],
    "EDGE_TARGET_ARROW_SHAPE": "triangle",
    "EDGE_TARGET_ARROW_SIZE": 6.0,
    "EDGE_VISIBILITY": "element",
    "EDGE_WIDTH": EDGE_WIDTHS[0],
}


def describe_style(*, highest_degree: int, lowest_probability: float) -> dict[str, Any]:
    """Return the one element of `visualProperties`.

    Shape and fill say whether a gene is a TF, size its degree; colour and arrow of an edge say its sign, width its
    probability (from the lowest kept to 1), a solid line that it was known.
    """
    sizes = _map_continuously(DEGREE, (1.0, float(max(highest_degree, 2))), NODE_SIZES)
    lowest = lowest_probability if lowest_probability < 1 else 0.0
    return {
        "default": {
            "network": {"NETWORK_BACKGROUND_COLOR": "#FFFFFF"},
            "node": dict(_NODE_DEFAULTS),
            "edge": dict(_EDGE_DEFAULTS),
        },
        "nodeMapping": {
            "NODE_LABEL": {"type": "PASSTHROUGH", "definition": {"attribute": NODE_NAME, "type": "string"}},
            "NODE_SHAPE": _map_each(ROLE, {TF_ROLE: "diamond", TARGET_ROLE: "ellipse"}),
            "NODE_BACKGROUND_COLOR": _map_each(ROLE, {TF_ROLE: TF_COLOUR, TARGET_ROLE: TARGET_COLOUR}),
            "NODE_WIDTH": sizes,
            "NODE_HEIGHT": sizes,
        },
        "edgeMapping": {
            "EDGE_LINE_COLOR": _map_each(SIGN, SIGN_COLOURS),
            "EDGE_TARGET_ARROW_COLOR": _map_each(SIGN, SIGN_COLOURS),
            "EDGE_TARGET_ARROW_SHAPE": _map_each(SIGN, SIGN_ARROWS),
            "EDGE_LINE_STYLE": _map_each(STATUS, {KNOWN_STATUS: "solid", NOVEL_STATUS: "dashed"}),
            "EDGE_WIDTH": _map_continuously(PROBABILITY, (lowest, 1.0), EDGE_WIDTHS, kind="double"),
        },
    }


def describe_editor() -> dict[str, Any]:
    """Return the one element of `visualEditorProperties`.

    The specification has the properties in the element itself; Cytoscape and NDEx read and write them one level below,
    under `properties`. Both stand here: a reader passes by what it does not know.
    """
    properties = {"arrowColorMatchesEdge": False, "nodeSizeLocked": False}
    return {**properties, "properties": properties}


def _map_each(attribute: str, values: Mapping[str, str]) -> dict[str, Any]:
    """Return a discrete mapping from words of an attribute to values of a visual property."""
    entries = [{"v": value, "vp": shown} for value, shown in values.items()]
    return {"type": "DISCRETE", "definition": {"attribute": attribute, "type": "string", "map": entries}}


def _map_continuously(
    attribute: str, ends: tuple[float, float], shown: tuple[float, float], *, kind: str = "integer"
) -> dict[str, Any]:
    """Return a mapping that is linear between two values of an attribute and constant beyond them."""
    (low, high), (least, most) = ends, shown
    entries = [
        {"max": low, "includeMin": False, "includeMax": False, "maxVPValue": least},
        {
            "min": low,
            "max": high,
            "includeMin": True,
            "includeMax": True,
            "minVPValue": least,
            "maxVPValue": most,
        },
        {"min": high, "includeMin": False, "includeMax": False, "minVPValue": most},
    ]
    return {"type": "CONTINUOUS", "definition": {"attribute": attribute, "type": kind, "map": entries}}
