/**
 * Merges many time-ordered streams into one, by `atMs`, ties in the order of the streams. Holds one item of
 * each stream, so that a city of 85,000 instruments costs 85,000 items and not a day of them.
 */
export function* mergeByTime<T extends { readonly atMs: number }>(
  streams: Iterable<Iterator<T>>,
): Generator<T, void> {
  type Head = { item: T; rank: number; rest: Iterator<T> };
  const heap: Head[] = [];
  const before = (a: Head, b: Head): boolean =>
    a.item.atMs < b.item.atMs || (a.item.atMs === b.item.atMs && a.rank < b.rank);

  const sinkFrom = (start: number): void => {
    let i = start;
    for (;;) {
      let least = i;
      for (const child of [2 * i + 1, 2 * i + 2]) {
        const c = heap[child];
        const l = heap[least];
        if (c !== undefined && l !== undefined && before(c, l)) least = child;
      }
      if (least === i) return;
      const a = heap[i];
      const b = heap[least];
      if (a === undefined || b === undefined) return;
      heap[i] = b;
      heap[least] = a;
      i = least;
    }
  };

  let rank = 0;
  for (const rest of streams) {
    const first = rest.next();
    if (first.done !== true) heap.push({ item: first.value, rank, rest });
    rank++;
  }
  for (let i = (heap.length >> 1) - 1; i >= 0; i--) sinkFrom(i);

  for (let top = heap[0]; top !== undefined; top = heap[0]) {
    yield top.item;
    const following = top.rest.next();
    if (following.done === true) {
      const last = heap.pop();
      if (last !== undefined && heap.length > 0) heap[0] = last;
      if (heap.length === 0) return;
    } else {
      top.item = following.value;
    }
    sinkFrom(0);
  }
}
