export interface ReadableIssue {
  readonly path: string;
  readonly message: string;
}

/** What a Standard Schema (https://standardschema.dev) says is wrong. */
interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** As zod reports a union that none of its members took: with what each of them says. */
interface UnionIssue extends Issue {
  readonly errors: readonly (readonly Issue[])[];
}

/** What is wrong, by field. Of a union only what the member says that comes nearest, rather than "Invalid input". */
export function readableIssues(issues: readonly Issue[], inside: readonly string[] = []): ReadableIssue[] {
  return issues.flatMap((issue) => {
    const path = [...inside, ...(issue.path ?? []).map(nameOf)];
    const nearest = isUnion(issue) ? nearestOf(issue.errors) : undefined;
    return nearest === undefined ? [{ path: path.join('.'), message: issue.message }] : readableIssues(nearest, path);
  });
}

const nameOf = (segment: PropertyKey | { readonly key: PropertyKey }): string =>
  String(typeof segment === 'object' ? segment.key : segment);

const isUnion = (issue: Issue): issue is UnionIssue =>
  'code' in issue && issue.code === 'invalid_union' && 'errors' in issue && Array.isArray(issue.errors);

/** The one that took the value for its own kind and found the least wrong inside; undefined where none did. */
function nearestOf(members: UnionIssue['errors']): readonly Issue[] | undefined {
  const taken = members.filter((found) => found.length > 0 && found.every(isInside));
  return taken.toSorted((one, other) => one.length - other.length)[0];
}

const isInside = (issue: Issue): boolean =>
  (issue.path ?? []).length > 0 || ('code' in issue && issue.code === 'unrecognized_keys');
