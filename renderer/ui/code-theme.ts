import { syntaxTree } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView, MatchDecorator, ViewPlugin, type ViewUpdate } from '@codemirror/view';

/** Ink only: code is no data that a hue would stand for. Weight and slant tell words apart. The tokens reach through the shadow root. */
export const editorTheme: Extension = EditorView.theme({
  '&': { height: '100%', color: 'var(--ink-1)', backgroundColor: 'var(--bg-sunk)', fontSize: '12.5px' },
  // The host draws the focus ring, over the gutter.
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '19px', fontFeatureSettings: '"calt" 0', scrollbarWidth: 'thin', scrollbarColor: 'var(--line-3) transparent' },
  '.cm-content': { padding: '8px 0', caretColor: 'var(--ink-1)' },
  '.cm-cursor, .cm-dropCursor': { borderLeftColor: 'var(--ink-1)' },
  '.cm-gutters': { backgroundColor: 'var(--bg-sunk)', color: 'var(--ink-3)', border: 'none' },
  '.cm-lineNumbers .cm-gutterElement': { padding: '0 8px 0 12px' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'color-mix(in srgb, var(--bg-2) 55%, transparent)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--line-2) !important' },
  '&.cm-focused .cm-matchingBracket, .cm-matchingBracket': { backgroundColor: 'transparent', outline: '1px solid var(--line-3)' },
  '.cm-wrong': { boxShadow: 'inset 3px 0 var(--error)', backgroundColor: 'color-mix(in srgb, var(--error) 10%, transparent)', textDecoration: 'underline wavy var(--error) 1px', textUnderlineOffset: '4px' },
  '.cm-tooltip': { backgroundColor: 'var(--bg-1)', color: 'var(--ink-1)', border: 'none', borderRadius: '6px', boxShadow: 'var(--e-2)' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--font-mono)', fontSize: '12px', maxHeight: '220px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '3px 10px' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--bg-3)', color: 'var(--ink-1)' },
  '.cm-completionIcon': { display: 'none' }, '.cm-completionDetail': { color: 'var(--ink-3)', fontStyle: 'normal' }, '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '600' },
  '.tok-word': { fontWeight: '600' }, '.tok-name': { fontWeight: '500' }, '.tok-text': { color: 'var(--ink-2)' }, '.tok-note': { color: 'var(--ink-3)', fontStyle: 'italic' },
});

const mark = (name: string): Decoration => Decoration.mark({ class: name });
const word = mark('tok-word'), name = mark('tok-name'), text = mark('tok-text'), note = mark('tok-note');
const byNode: Readonly<Record<string, Decoration>> = { Keyword: word, Type: word, Bool: word, Null: word, String: text, Number: text, LineComment: note, BlockComment: note };

function marksOf(view: EditorView): DecorationSet {
  const found = view.visibleRanges.flatMap(({ from, to }) => {
    const ranges: { from: number; to: number; value: Decoration }[] = [];
    syntaxTree(view.state).iterate({ from, to, enter: (node) => { const value = byNode[node.name]; if (value && node.to > node.from) ranges.push({ from: node.from, to: node.to, value }); } });
    return ranges;
  });
  return Decoration.set(found, true);
}

/** Marks SQL by what its parser calls each word. */
export const sqlMarks: Extension = ViewPlugin.define((view) => {
  const plugin = {
    marks: marksOf(view),
    update(update: ViewUpdate): void { if (update.docChanged || update.viewportChanged || syntaxTree(update.startState) !== syntaxTree(update.state)) plugin.marks = marksOf(update.view); },
  };
  return plugin;
}, { decorations: (plugin) => plugin.marks });

// One of: a comment at the start or after a blank, a key with its colon, a quoted text.
const yamlWords = /(?<=^|\s)(#.*$)|^(\s*(?:- +)*)("[^"]*"|[\w.-]+)(?=:(?:\s|$))|("(?:[^"\\]|\\.)*"|'[^']*')/g;
const yamlMatcher = new MatchDecorator({
  regexp: yamlWords,
  decorate: (add, from, to, match) => {
    if (match[1] !== undefined) add(from, to, note);
    else if (match[3] !== undefined) add(from + (match[2] ?? '').length, to, name);
    else add(from, to, text);
  },
});

/** Marks keys, texts and comments of YAML. */
export const yamlMarks: Extension = ViewPlugin.define((view) => {
  const plugin = { marks: yamlMatcher.createDeco(view), update(update: ViewUpdate): void { plugin.marks = yamlMatcher.updateDeco(update, plugin.marks); } };
  return plugin;
}, { decorations: (plugin) => plugin.marks });
