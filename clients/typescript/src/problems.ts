// The problems of a mutation, at the fields of the form in which people stated the values.

/** What `userErrors` and `warnings` have, as far as an operation selects it. */
export interface Problem {
  readonly code: string
  readonly message: string
  /** The way to the value in the input, as `['contacts', '0', 'email']`; empty where it concerns the whole input. */
  readonly path: readonly string[]
}

export interface FieldErrors<P extends Problem = Problem> {
  /** By the field's name as forms write it, `contacts.0.email`. The problem of a group stands at its own name. */
  readonly fields: Readonly<Record<string, readonly P[]>>
  /** What concerns no field of the form: shown above or below it. */
  readonly form: readonly P[]
}

/**
 * Sorts problems to the fields. `names` are those of the form: what leads to none of them, nor into one of them, is the
 * form's own. `at` is where the form's values are in the input, as `['client']`.
 */
export function fieldErrors<P extends Problem>(
  problems: readonly P[],
  names?: Iterable<string>,
  at: readonly string[] = [],
): FieldErrors<P> {
  const known = names && new Set(names)
  const fields: Record<string, P[]> = {}
  const form: P[] = []
  for (const problem of problems) {
    const inside = at.every((name, place) => problem.path[place] === name)
    const name = inside ? fieldName(problem.path.slice(at.length), known) : null
    if (name) (fields[name] ??= []).push(problem)
    else form.push(problem)
  }
  return { fields, form }
}

/** The longest beginning of the path that is a field of the form. */
function fieldName(path: readonly string[], known?: ReadonlySet<string>): string | null {
  if (!known) return path.join('.') || null
  for (let length = path.length; length > 0; length -= 1) {
    const name = path.slice(0, length).join('.')
    if (known.has(name)) return name
  }
  return null
}
