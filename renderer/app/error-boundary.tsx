import { Component, type ReactNode } from 'react';
import { ErrorState } from '../ui/states.tsx';

interface State { readonly message: string | null }

/** Keeps a fault of one screen from taking the frame along. React knows no function for it, hence the one class. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { message: null };
  static getDerivedStateFromError(error: unknown): State { return { message: error instanceof Error ? error.message : String(error) }; }
  override render(): ReactNode {
    if (this.state.message === null) return this.props.children;
    return <ErrorState title="This screen stopped" message={this.state.message} good="The workspace, the running jobs and the other screens are not affected." onRetry={() => this.setState({ message: null })} />;
  }
}
