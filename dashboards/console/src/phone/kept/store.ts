import type { KeptAct, NewAct } from './act.ts';

/** What stays on the phone when its browser is closed. Every promise rejects where the browser keeps nothing. */
export type PhoneStore = {
  /** Everybody's, in the order in which they were done. */
  acts(): Promise<readonly KeptAct[]>;
  add(act: NewAct): Promise<void>;
  put(act: KeptAct): Promise<void>;
  drop(n: number): Promise<void>;
  read<T>(key: string): Promise<T | undefined>;
  write(key: string, value: unknown): Promise<void>;
  /** Everything whose key begins so. */
  forget(prefix: string): Promise<void>;
};

const ACTS = 'acts';
const KEPT = 'kept';

export async function openStore(name: string): Promise<PhoneStore> {
  const db = await opened(name);

  /** Resolves when it is on the disk, as far as the browser lets us ask for that. */
  function write(store: string, run: (s: IDBObjectStore) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      // Browsers of 2021 know no `durability` and leave it out.
      const t = db.transaction(store, 'readwrite', { durability: 'strict' });
      t.oncomplete = () => resolve();
      t.onerror = () => reject(t.error ?? new Error('the browser did not keep it'));
      t.onabort = () => reject(t.error ?? new Error('the browser did not keep it'));
      run(t.objectStore(store));
    });
  }
  function read<T>(store: string, run: (s: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const r = run(db.transaction(store, 'readonly').objectStore(store));
      r.onsuccess = () => resolve(r.result);
      r.onerror = () => reject(r.error ?? new Error('the browser did not find it'));
    });
  }

  return {
    acts: () => read<KeptAct[]>(ACTS, (s) => s.getAll()),
    add: (act) => write(ACTS, (s) => s.add({ ...act, refused: null })),
    put: (act) => write(ACTS, (s) => s.put(act)),
    drop: (n) => write(ACTS, (s) => s.delete(n)),
    read: <T>(key: string) => read<T | undefined>(KEPT, (s) => s.get(key)),
    write: (key, value) => write(KEPT, (s) => s.put(value, key)),
    forget: (prefix) => write(KEPT, (s) => s.delete(IDBKeyRange.bound(prefix, `${prefix}\uffff`))),
  };
}

function opened(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const r = indexedDB.open(name, 1);
    r.onupgradeneeded = () => {
      r.result.createObjectStore(ACTS, { keyPath: 'n', autoIncrement: true });
      r.result.createObjectStore(KEPT);
    };
    r.onsuccess = () => resolve(r.result);
    r.onerror = () => reject(r.error ?? new Error('the browser keeps nothing'));
    r.onblocked = () => reject(new Error('the browser keeps nothing'));
  });
}
