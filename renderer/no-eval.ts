import { z } from 'zod';

// The content policy forbids eval, and zod would try it. To be imported before any module that makes a schema.
z.config({ jitless: true });
