import 'react';

declare module 'react' {
  // Custom properties are how a bar tells its style sheet how full it is.
  interface CSSProperties { readonly [property: `--${string}`]: string | number | undefined }
}
