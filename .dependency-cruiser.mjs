import { boundaryRules } from './scripts/lib/boundary-rules.mjs';

export default boundaryRules(import.meta.dirname);
