"""JSON schemas of the aspects of CX2, and of the visual properties that a style may set.

Written from "Cytoscape Exchange Format Specification (Version 2)" and "CX2 Visual Styles" (cytoscape.org/cx/cx2), which
publish the properties as schemas one by one. What those do not name is refused, so that a slip of the pen is noticed.
"""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

VALUE_TYPES = ("string", "long", "integer", "double", "boolean")
DATA_TYPES = (*VALUE_TYPES, *(f"list_of_{kind}" for kind in VALUE_TYPES))
PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "long": (int,),
    "integer": (int,),
    "double": (int, float),
    "boolean": (bool,),
}

COLOUR: Schema = {"type": "string", "pattern": "^#[0-9A-Fa-f]{6}$"}
OPACITY: Schema = {"type": "number", "minimum": 0, "maximum": 1}
POSITIVE: Schema = {"type": "number", "exclusiveMinimum": 0}
FONT: Schema = {
    "type": "object",
    "properties": {
        "FONT_FAMILY": {"enum": ["serif", "sans-serif", "monospace"]},
        "FONT_STYLE": {"enum": ["normal", "italic"]},
        "FONT_WEIGHT": {"enum": ["normal", "bold"]},
        "FONT_NAME": {"type": "string"},
    },
    "additionalProperties": False,
}
SIDES: Schema = {"enum": ["left", "center", "right"]}
LEVELS: Schema = {"enum": ["top", "center", "bottom"]}
LABEL_POSITION: Schema = {
    "type": "object",
    "properties": {
        "HORIZONTAL_ALIGN": SIDES,
        "VERTICAL_ALIGN": LEVELS,
        "HORIZONTAL_ANCHOR": SIDES,
        "VERTICAL_ANCHOR": LEVELS,
        "MARGIN_X": {"type": "number"},
        "MARGIN_Y": {"type": "number"},
        "JUSTIFICATION": SIDES,
    },
    "additionalProperties": False,
}
NODE_SHAPES = (
    "ellipse",
    "triangle",
    "rectangle",
    "round-rectangle",
    "parallelogram",
    "diamond",
    "hexagon",
    "octagon",
    "vee",
)
ARROWS: Schema = {"enum": ["none", "triangle", "triangle-cross", "square", "diamond", "circle", "vee", "tee"]}
VISIBLE: Schema = {"enum": ["none", "element"]}

NETWORK_PROPERTIES: Schema = {"NETWORK_BACKGROUND_COLOR": COLOUR}
NODE_PROPERTIES: Schema = {
    "NODE_SHAPE": {"enum": list(NODE_SHAPES)},
    "NODE_BACKGROUND_COLOR": COLOUR,
    "NODE_BACKGROUND_OPACITY": OPACITY,
    "NODE_WIDTH": POSITIVE,
    "NODE_HEIGHT": POSITIVE,
    "NODE_VISIBILITY": VISIBLE,
    "NODE_BORDER_COLOR": COLOUR,
    "NODE_BORDER_STYLE": {"enum": ["solid", "dashed", "dotted", "double"]},
    "NODE_BORDER_WIDTH": POSITIVE,
    "NODE_BORDER_OPACITY": OPACITY,
    "NODE_LABEL": {"type": "string"},
    "NODE_LABEL_COLOR": COLOUR,
    "NODE_LABEL_FONT_FACE": FONT,
    "NODE_LABEL_FONT_SIZE": {"type": "integer", "exclusiveMinimum": 0},
    "NODE_LABEL_POSITION": LABEL_POSITION,
    "NODE_LABEL_OPACITY": OPACITY,
    "NODE_LABEL_MAX_WIDTH": POSITIVE,
    "NODE_SELECTED_PAINT": COLOUR,
}
EDGE_PROPERTIES: Schema = {
    "EDGE_WIDTH": POSITIVE,
    "EDGE_LINE_COLOR": COLOUR,
    "EDGE_OPACITY": OPACITY,
    "EDGE_CURVED": {"type": "boolean"},
    "EDGE_LINE_STYLE": {"enum": ["solid", "dotted", "dashed", "double"]},
    "EDGE_SOURCE_ARROW_SHAPE": ARROWS,
    "EDGE_SOURCE_ARROW_COLOR": COLOUR,
    "EDGE_TARGET_ARROW_SHAPE": ARROWS,
    "EDGE_TARGET_ARROW_COLOR": COLOUR,
    "EDGE_TARGET_ARROW_SIZE": {"type": "number", "minimum": 0},
    "EDGE_VISIBILITY": VISIBLE,
    "EDGE_LABEL": {"type": "string"},
    "EDGE_SELECTED_PAINT": COLOUR,
}


def record(properties: Schema, required: tuple[str, ...] = ()) -> Schema:
    """Return the schema of an object that has no other properties."""
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def mapping(value: Schema) -> Schema:
    """Return the schema of a mapping to a visual property of the schema `value`."""
    attribute = {"attribute": {"type": "string"}, "type": {"enum": list(VALUE_TYPES)}}
    discrete = record({"v": {}, "vp": value}, ("v", "vp"))
    interval = record(
        {
            "min": {"type": "number"},
            "max": {"type": "number"},
            "includeMin": {"type": "boolean"},
            "includeMax": {"type": "boolean"},
            "minVPValue": value,
            "maxVPValue": value,
        }
    )
    kinds: list[tuple[str, Schema]] = [
        ("PASSTHROUGH", {}),
        ("DISCRETE", {"map": {"type": "array", "minItems": 1, "items": discrete}}),
        ("CONTINUOUS", {"map": {"type": "array", "minItems": 1, "items": interval}}),
    ]
    return {
        "oneOf": [
            record(
                {"type": {"const": name}, "definition": record({**attribute, **more}, ("attribute", *more))},
                ("type", "definition"),
            )
            for name, more in kinds
        ]
    }


def mappings(properties: Schema) -> Schema:
    return record({name: mapping(value) for name, value in properties.items()})


DECLARATION = {
    "type": "object",
    "additionalProperties": record({"d": {"enum": list(DATA_TYPES)}, "v": {}, "a": {"type": "string"}}, ("d",)),
}
ID: Schema = {"type": "integer", "minimum": 0}
VALUES: Schema = {"type": "object", "propertyNames": {"not": {"const": "id"}}}
EDITOR: Schema = {
    "arrowColorMatchesEdge": {"type": "boolean"},
    "nodeSizeLocked": {"type": "boolean"},
    "NETWORK_CENTER_X_LOCATION": {"type": "number"},
    "NETWORK_CENTER_Y_LOCATION": {"type": "number"},
    "NETWORK_SCALE_FACTOR": {"type": "number"},
    "tableDisplayConfiguration": {"type": "object"},
}
ELEMENTS: dict[str, Schema] = {
    "metaData": record({"name": {"type": "string"}, "elementCount": {"type": "integer", "minimum": 0}}, ("name",)),
    "attributeDeclarations": record(dict.fromkeys(("networkAttributes", "nodes", "edges"), DECLARATION)),
    "networkAttributes": {"type": "object"},
    "nodes": {
        **record({"id": ID, "v": VALUES, **{axis: {"type": "number"} for axis in "xyz"}}, ("id",)),
        "dependentRequired": {"x": ["y"], "y": ["x"], "z": ["x", "y"]},
    },
    "edges": record({"id": ID, "s": ID, "t": ID, "v": VALUES}, ("id", "s", "t")),
    "visualProperties": record(
        {
            "default": record(
                {
                    "network": record(NETWORK_PROPERTIES),
                    "node": record(NODE_PROPERTIES),
                    "edge": record(EDGE_PROPERTIES),
                }
            ),
            "nodeMapping": mappings(NODE_PROPERTIES),
            "edgeMapping": mappings(EDGE_PROPERTIES),
        }
    ),
    # As the specification has it, and one level below, where Cytoscape and NDEx look.
    "visualEditorProperties": record({**EDITOR, "properties": record(EDITOR)}),
    "status": record({"error": {"type": "string"}, "success": {"type": "boolean"}}, ("success",)),
}
"""Aspect → schema of its elements."""
SINGLE = ("attributeDeclarations", "networkAttributes", "visualProperties", "visualEditorProperties", "status")
"""Aspects of one element."""
DESCRIPTOR = record(
    {"CXVersion": {"type": "string", "pattern": r"^2\.\d+$"}, "hasFragments": {"type": "boolean"}}, ("CXVersion",)
)
