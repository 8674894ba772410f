import { Suspense, useEffect } from 'react';
import { matchPath, navigate, useRoute } from '../state/router.ts';
import { useStore } from '../state/store.ts';
import { EmptyState, LoadingState } from '../ui/states.tsx';
import { ReviewDialogs } from '../features/review/review-dialogs.tsx';
import { AppCommands } from './app-commands.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { JobBar } from './job-bar.tsx';
import { Palette } from './palette.tsx';
import { Rail } from './rail.tsx';
import { type Screen, loadScreens, screens } from './screens.ts';
import { ShortcutsOverlay } from './shortcuts-overlay.tsx';
import { TopBar } from './top-bar.tsx';
import { useDroppedFiles } from './use-dropped-files.ts';
import { useKeptFocus } from './use-kept-focus.ts';
import { UndoJournal } from './undo-journal.tsx';
import { useTheme } from './use-theme.ts';
import { useWorkspaceColour } from './use-workspace.ts';

/** The frame around every screen, and the screen that the address names. */
export function App() {
  const { path } = useRoute();
  const dialog = useStore((s) => s.dialog?.kind);
  const closeDialog = useStore((s) => s.closeDialog);
  const state = useStore((s) => s.engine.state);
  useTheme();
  useDroppedFiles();
  useKeptFocus(path);
  const colour = useWorkspaceColour();
  const found = screens.flatMap((screen) => { const params = matchPath(screen.path, path); return params ? [{ screen, params }] : []; })[0];
  useEffect(() => { document.title = `${found?.screen.title ?? 'Not found'} - Winnow`; }, [found?.screen.title]);
  // After what the first view needs.
  useEffect(() => { const timer = setTimeout(() => { void loadScreens(); }, 800); return () => clearTimeout(timer); }, []);
  // A dialog belongs to the view that opened it.
  useEffect(() => closeDialog(), [path, closeDialog]);
  return (
    <div className="app" data-workspace={colour}>
      <a className="skip" href="#main" onClick={(event) => { event.preventDefault(); document.querySelector<HTMLElement>('main [role=grid], main h1, main')?.focus(); }}>Skip to content</a>
      <TopBar />
      <Rail current={found?.screen.under ?? found?.screen.id ?? ''} />
      <main id="main" tabIndex={-1}>
        {state === 'no_session' ? <NoSession /> : (
          <ErrorBoundary key={path}>
            <Suspense fallback={<LoadingState what="the screen" />}>{found ? <ScreenView screen={found.screen} params={found.params} /> : <NotFound path={path} />}</Suspense>
          </ErrorBoundary>
        )}
      </main>
      <JobBar />
      <AppCommands />
      <ReviewDialogs />
      {dialog === 'palette' && <Palette />}
      {dialog === 'shortcuts' && <ShortcutsOverlay />}
      {dialog === 'journal' && <UndoJournal />}
    </div>
  );
}

function ScreenView({ screen: { Component, title, icon, command }, params }: { readonly screen: Screen; readonly params: Readonly<Record<string, string>> }) {
  if (Component) return <Component params={params} />;
  return <EmptyState icon={icon} title={`${title} has no screen in this version`}>The command line does it: <span className="mono">npm run -s winnow -- {command}</span></EmptyState>;
}

function NotFound({ path }: { readonly path: string }) {
  return <EmptyState icon="route" title="There is nothing at this address" action={<a className="btn" href="/queue" onClick={(event) => { event.preventDefault(); navigate('/queue'); }}>Go to the queue</a>}><span className="mono">{path}</span></EmptyState>;
}

function NoSession() {
  return <EmptyState icon="key" title="This window has no session">The link that opens the workbench works once. Run <span className="mono">npm start</span> again, or copy the new link from the terminal where it runs. Nothing is lost: the workspace file has everything.</EmptyState>;
}
