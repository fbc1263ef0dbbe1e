// Colours of an expression: texts, numbers, names, functions. What it means is the engine's to say.

import { HighlightStyle, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { tags } from "@lezer/highlight";

const expression = StreamLanguage.define<null>({
  startState: () => null,
  token(stream) {
    if (stream.eatSpace()) return null;
    if (stream.match(/^"(?:[^"\\]|\\.)*"?/)) return "string";
    if (stream.match(/^\d+(?:\.\d+)?/)) return "number";
    if (stream.match(/^(?:if|else|true|false|in|is)\b/)) return "keyword";
    if (stream.match(/^(?:order|item|settings|tax_point)\b/)) return "variableName";
    if (stream.match(/^[A-Za-z_]\w*(?=\s*\()/)) return "atom";
    if (stream.match(/^[A-Za-z_]\w*/)) return "propertyName";
    stream.next();
    return "operator";
  },
});

const look = HighlightStyle.define([
  { tag: tags.string, color: "var(--code-text)" },
  { tag: tags.number, color: "var(--code-number)" },
  { tag: tags.keyword, color: "var(--code-word)" },
  { tag: tags.variableName, color: "var(--code-root)" },
  { tag: tags.atom, color: "var(--code-function)" },
]);

export const colours = [expression, syntaxHighlighting(look)];
