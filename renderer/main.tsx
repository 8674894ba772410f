import './no-eval.ts';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { startState } from './state/start.ts';
import './ui/fonts.css';
import './ui/tokens.css';
import './ui/shell.css';
import './ui/parts.css';
import './app/app.css';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
startState();
createRoot(root).render(<StrictMode><App /></StrictMode>);
