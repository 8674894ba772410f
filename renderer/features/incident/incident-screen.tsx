export function IncidentScreen({ params }: { readonly params: Readonly<Record<string, string>> }) { return <h1>{params['id']}</h1>; }
