import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LinesOut } from '../../src/adapters/log/lines-out.ts';

/** What is at the other end: takes so many bytes, then says what it says. */
class End {
  room = Number.POSITIVE_INFINITY;
  says = 'EAGAIN';
  got = '';
  #later: (() => void)[] = [];

  readonly out = new LinesOut({
    write: (bytes) => {
      const n = Math.min(this.room, bytes.length);
      if (n === 0) throw Object.assign(new Error(this.says), { code: this.says });
      this.room -= n;
      this.got += Buffer.from(bytes.subarray(0, n)).toString('latin1');
      return n;
    },
    later: (_, run) => this.#later.push(run),
    missing: (lines, why) => `missing ${lines} ${why}\n`,
    atMost: 40,
  });

  timePasses(): void {
    for (const run of this.#later.splice(0)) run();
  }
}

test.each(['EPIPE', 'ENOSPC', 'EAGAIN', 'EIO'])('%s costs no line that fits into memory', (says) => {
  const end = new End();
  end.room = 5;
  end.says = says;
  for (const n of [1, 2, 3]) end.out.write(`line ${n}\n`);
  expect(end.got).toBe('line ');
  end.room = 1_000;
  end.timePasses();
  expect(end.got).toBe('line 1\nline 2\nline 3\n');
  expect(end.out.dropped).toBe(0);
});

test('what comes beyond the bound is counted, and said in its place once lines go out again', () => {
  const end = new End();
  end.room = 0;
  end.says = 'ENOSPC';
  for (let n = 0; n < 10_000; n++) end.out.write(`line ${n}\n`);
  end.room = 1_000;
  end.out.write('well again\n');
  expect(end.got).toBe('line 0\nline 1\nline 2\nline 3\nline 4\nmissing 9995 ENOSPC\nwell again\n');
  expect(end.out.dropped).toBe(9_995);
});

test('the last lines wait for a reader that is slow, and not for one that has gone', async () => {
  const end = new End();
  end.room = 0;
  end.out.write('last\n');
  const flushed = end.out.flushed(10_000);
  end.room = 100;
  await flushed;
  expect(end.got).toBe('last\n');
  end.room = 0;
  end.out.write('nobody\n');
  await end.out.flushed(1);
  expect(end.got).toBe('last\n');
});

test('whatever the other end does, lines come whole and in order, and none is missing without being counted', () => {
  const deed = fc.oneof(
    fc.record({ do: fc.constant('write' as const), length: fc.nat(60) }),
    fc.record({ do: fc.constant('room' as const), bytes: fc.nat(50) }),
    fc.record({ do: fc.constant('wait' as const) }),
  );
  fc.assert(
    fc.property(fc.array(deed, { maxLength: 60 }), (deeds) => {
      const end = new End();
      let written = 0;
      for (const d of deeds) {
        if (d.do === 'write') end.out.write(`${written++}:${'x'.repeat(d.length)}\n`);
        else if (d.do === 'room') end.room = d.bytes;
        else end.timePasses();
      }
      end.room = Number.POSITIVE_INFINITY;
      end.timePasses();
      end.out.write('end\n');
      let next = 0;
      for (const line of end.got.split('\n').slice(0, -2)) {
        const missing = /^missing (\d+) /.exec(line);
        if (missing) next += Number(missing[1]);
        else expect(line).toMatch(new RegExp(`^${next++}:x*$`));
      }
      expect(next).toBe(written);
      expect(end.got.endsWith('\nend\n') || end.got === 'end\n').toBe(true);
    }),
  );
});
