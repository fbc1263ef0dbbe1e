import { autocompletion, completionStatus, type CompletionContext, type CompletionResult, completionKeymap, startCompletion } from "@codemirror/autocomplete";
import { defaultKeymap } from "@codemirror/commands";
import { bracketMatching } from "@codemirror/language";
import { type Diagnostic, setDiagnostics } from "@codemirror/lint";
import { Compartment, EditorState, type Text } from "@codemirror/state";
import { drawSelection, EditorView, keymap, placeholder } from "@codemirror/view";
import { useEffect, useRef } from "react";
import type { RuleProblem } from "../../../api/generated/api";
import { ids } from "../../../shared/lib/testids";
import { type Known, type Suggestion, suggestAt } from "../model/completion";
import { colours } from "./language";

export interface FieldWords {
  label: string;
  placeholder: string;
  /** A function's help: what it does, with an example. */
  help: (name: string) => { text: string; example: string } | null;
  /** A problem in words. */
  problem: (problem: RuleProblem) => string;
}

interface Props {
  /** Of which place: another one is another text, without a way back into the one before. */
  spot: string;
  value: string;
  onChange: (value: string) => void;
  known: Known;
  problem: RuleProblem | null;
  words: FieldWords;
  undo: () => void;
  redo: () => void;
  /** Escape leaves the field. */
  onLeave: () => void;
  /** Takes the focus when this changes. */
  focus: number;
}

/** An expression in CodeMirror: completion, colours, the problem underlined. Undo is the whole document's. */
export function ExpressionField(props: Props) {
  const { spot, value, problem, words, focus } = props;
  const parent = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const now = useRef(props);
  now.current = props;
  useEffect(() => {
    if (!parent.current) return;
    const state = EditorState.create({ doc: now.current.value, extensions: extensionsOf(() => now.current) });
    const made = new EditorView({ state, parent: parent.current });
    view.current = made;
    return () => made.destroy();
  }, []);
  useEffect(() => {
    view.current?.dispatch({ effects: spoken.reconfigure(spokenOf(words)) });
  }, [words]);
  useEffect(() => {
    const shown = view.current;
    if (!shown || shown.state.doc.toString() === value) return;
    const anchor = Math.min(shown.state.selection.main.anchor, value.length);
    shown.dispatch({ changes: { from: 0, to: shown.state.doc.length, insert: value }, selection: { anchor } });
  }, [value, spot]);
  useEffect(() => {
    const shown = view.current;
    if (shown) shown.dispatch(setDiagnostics(shown.state, problem ? [diagnosticOf(problem, shown.state.doc, words)] : []));
  }, [problem, words, value, spot]);
  useEffect(() => {
    const shown = view.current;
    if (!shown || focus === 0) return;
    shown.dispatch({ selection: { anchor: shown.state.doc.length } });
    shown.focus();
  }, [focus]);
  return <div ref={parent} className="expression-field" />;
}

const spoken = new Compartment();

function spokenOf(words: FieldWords) {
  return [EditorView.contentAttributes.of({ "aria-label": words.label, "data-testid": ids.expression }), placeholder(words.placeholder)];
}

function extensionsOf(now: () => Props) {
  const act = (does: () => void) => () => {
    does();
    return true;
  };
  return [
    spoken.of(spokenOf(now().words)),
    keymap.of([
      { key: "Mod-z", run: act(() => now().undo()), preventDefault: true },
      { key: "Mod-y", run: act(() => now().redo()), preventDefault: true },
      { key: "Mod-Shift-z", run: act(() => now().redo()), preventDefault: true },
      { key: "Mod-Space", run: startCompletion },
      ...completionKeymap,
      { key: "Escape", run: (view) => (completionStatus(view.state) === null ? act(() => now().onLeave())() : false) },
      ...defaultKeymap,
    ]),
    autocompletion({
      override: [(context) => completionsOf(context, now())],
      closeOnBlur: true,
      icons: false,
      defaultKeymap: false,
      interactionDelay: 0,
    }),
    colours,
    bracketMatching(),
    drawSelection(),
    EditorView.lineWrapping,
    EditorView.updateListener.of((update) => {
      const text = update.state.doc.toString();
      if (update.docChanged && text !== now().value) now().onChange(text);
    }),
  ];
}

/** Suggestions in CodeMirror's shape. */
function completionsOf(context: CompletionContext, { known, words }: Props): CompletionResult | null {
  const found = suggestAt(context.state.doc.toString(), context.pos, known, context.explicit);
  if (!found) return null;
  return {
    from: found.from,
    filter: false,
    options: found.options.map((one) => ({
      label: one.label,
      detail: one.detail,
      type: one.kind,
      info: one.name ? () => helpOf(one, words) : undefined,
      apply: (view, _, from, to) => {
        // a closing quote that is there already is written over
        const isClosed = one.kind === "text" && view.state.sliceDoc(to, to + 1) === '"';
        const end = isClosed ? to + 1 : to;
        const anchor = from + one.apply.length;
        view.dispatch({ changes: { from, to: end, insert: one.apply }, selection: { anchor }, userEvent: "input.complete" });
      },
    })),
  };
}

function helpOf(one: Suggestion, words: FieldWords): Node | null {
  const help = words.help(one.name ?? "");
  if (!help) return null;
  const box = document.createElement("div");
  for (const [text, kind] of [[one.detail, "mono"], [help.text, ""], [help.example, "mono"]] as const) {
    const part = box.appendChild(document.createElement("div"));
    part.className = kind;
    part.textContent = text;
  }
  return box;
}

/** The word at the problem's place underlined, or all of the expression where the place is not known. */
function diagnosticOf(problem: RuleProblem, doc: Text, words: FieldWords): Diagnostic {
  const message = words.problem(problem);
  if (problem.line === null || problem.line > doc.lines) return { from: 0, to: doc.length, severity: "error", message };
  const line = doc.line(Math.max(1, problem.line));
  const from = Math.min(line.from + Math.max(0, (problem.column ?? 1) - 1), line.to);
  const word = /^[\w.?]+/.exec(doc.sliceString(from, line.to))?.[0].length ?? 1;
  const to = Math.min(from + Math.max(1, word), line.to);
  // at the very end there is no letter to underline but the last one
  return { from: from === to ? Math.max(line.from, from - 1) : from, to, severity: "error", message };
}
