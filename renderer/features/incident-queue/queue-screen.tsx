export function QueueScreen() { return <h1>Queue</h1>; }
