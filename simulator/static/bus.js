// Hands entries of the log to whoever asked for their kind.

export class Bus {
  constructor() {
    this.takers = new Map();
  }

  /** Ask for entries of some kinds; returns a function that ends it. */
  on(kinds, take) {
    for (const kind of kinds) {
      if (!this.takers.has(kind)) this.takers.set(kind, new Set());
      this.takers.get(kind).add(take);
    }
    return () => kinds.forEach((kind) => this.takers.get(kind).delete(take));
  }

  emit(entry) {
    for (const take of [...(this.takers.get(entry.kind) ?? [])]) take(entry);
  }
}

/** The same work, at most once in `ms`: at once when it rested long enough, else once at the end of the rest. */
export function paced(work, ms = 1000) {
  let last = -Infinity;
  let timer = 0;
  const run = () => {
    timer = 0;
    last = performance.now();
    work();
  };
  return () => {
    if (timer) return;
    const rest = last + ms - performance.now();
    if (rest <= 0) run();
    else timer = setTimeout(run, rest);
  };
}
