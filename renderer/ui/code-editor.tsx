import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching, indentOnInput } from '@codemirror/language';
import { Annotation, Compartment, EditorState, type Extension, StateEffect, StateField } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView, drawSelection, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { type Ref, useEffect, useImperativeHandle, useRef } from 'react';
import { editorTheme } from './code-theme.ts';

/** A line with something wrong in it; lines count from 1. */
export interface LineProblem { readonly line: number; readonly why: string }
/** What the page may do with an editor from outside. */
export interface EditorHandle { focus(): void; insert(text: string): void; goToLine(line: number): void; /** What is selected; '' when nothing is. */ selected(): string }

interface CodeEditorProps {
  readonly label: string; readonly value: string; readonly onChange: (text: string) => void;
  /** Language and colours; keep the same object between drawings. */
  readonly language: Extension; readonly problems?: readonly LineProblem[]; readonly ref?: Ref<EditorHandle>;
}

/**
 * A text editor for code. It lives in a shadow root: its style sheets are then adopted ones, which the content policy allows (it allows no
 * `style` element). Tab leaves it, so that nobody is caught in it.
 */
export function CodeEditor({ label, value, onChange, language, problems = none, ref }: CodeEditorProps) {
  const host = useRef<HTMLDivElement>(null), view = useRef<EditorView>(null);
  const changed = useRef(onChange);
  changed.current = onChange;
  const slot = useRef(new Compartment());
  const first = useRef({ label, value, language });
  useEffect(() => {
    if (host.current === null) return;
    const root = host.current.shadowRoot ?? host.current.attachShadow({ mode: 'open' });
    const made = new EditorView({ parent: root, root, state: EditorState.create({ doc: first.current.value, extensions: [
      lineNumbers(), history(), drawSelection(), highlightActiveLine(), bracketMatching(), indentOnInput(), EditorView.lineWrapping, typeOver, marks, editorTheme, slot.current.of(first.current.language),
      EditorView.contentAttributes.of({ 'aria-label': first.current.label, spellcheck: 'false', autocorrect: 'off', autocapitalize: 'off' }),
      // Ctrl/⌘ Enter is the page's: it runs or saves.
      keymap.of([...defaultKeymap.filter((binding) => binding.key !== 'Mod-Enter'), ...historyKeymap]),
      EditorView.updateListener.of((update) => { if (update.docChanged && !update.transactions.some((t) => t.annotation(fromPage) === true)) changed.current(update.state.doc.toString()); }),
    ] }) });
    view.current = made;
    return () => { made.destroy(); view.current = null; };
  }, []);
  useEffect(() => { view.current?.dispatch({ effects: slot.current.reconfigure(language) }); }, [language]);
  useEffect(() => {
    const now = view.current;
    if (now && now.state.doc.toString() !== value) now.dispatch({ changes: { from: 0, to: now.state.doc.length, insert: value }, annotations: fromPage.of(true) });
  }, [value]);
  useEffect(() => { view.current?.dispatch({ effects: setMarks.of(problems) }); }, [problems]);
  useImperativeHandle(ref, () => handleOf(() => view.current), []);
  return <div className="code-editor" ref={host} />;
}

/** Typing over a selection: left to Chromium, it would carry the replaced text's looks along in a `style` attribute, which the content policy forbids. */
const typeOver = EditorView.domEventHandlers({
  beforeinput(event, view) {
    if (event.inputType !== 'insertText' || event.data === null || view.composing || view.state.selection.main.empty) return false;
    event.preventDefault();
    view.dispatch(view.state.replaceSelection(event.data), { userEvent: 'input.type', scrollIntoView: true });
    return true;
  },
});

/** Marks a change that the page made: the page knows it already. */
const fromPage = Annotation.define<boolean>();
const none: readonly LineProblem[] = [];

function handleOf(get: () => EditorView | null): EditorHandle {
  return {
    focus: () => get()?.focus(),
    insert: (text) => { const view = get(); if (view) { view.dispatch(view.state.replaceSelection(text)); view.focus(); } },
    goToLine: (line) => {
      const view = get();
      if (view === null) return;
      const { from } = view.state.doc.line(Math.max(1, Math.min(line, view.state.doc.lines)));
      view.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: 'center' }) });
      view.focus();
    },
    selected: () => { const view = get(); return view ? view.state.sliceDoc(view.state.selection.main.from, view.state.selection.main.to) : ''; },
  };
}

const setMarks = StateEffect.define<readonly LineProblem[]>();
const marks = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(before, transaction) {
    let now = before.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (!effect.is(setMarks)) continue;
      const { doc } = transaction.state;
      const lines = new Map<number, string>();
      for (const { line, why } of effect.value) if (line >= 1 && line <= doc.lines) lines.set(line, lines.has(line) ? `${lines.get(line) ?? ''}\n${why}` : why);
      now = Decoration.set([...lines].map(([line, why]) => Decoration.line({ class: 'cm-wrong', attributes: { title: why } }).range(doc.line(line).from)), true);
    }
    return now;
  },
  provide: (field) => EditorView.decorations.from(field),
});
