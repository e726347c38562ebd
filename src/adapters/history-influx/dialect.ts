export type InfluxVersion = '1' | '2' | '3';

export type Access = {
  readonly version: InfluxVersion;
  /** 1: `user:password`, or nothing where the server asks for none. */
  readonly token: string | null;
  /** 2 only. */
  readonly org: string | null;
  /** Database of 1 and 3, bucket of 2. */
  readonly bucket: string;
};

/** What differs between the three versions, when one speaks to them: how to write, to ask, and to say who one is. */
export type Dialect = {
  readonly version: InfluxVersion;
  readonly bucket: string;
  readonly org: string;
  readonly writePath: string;
  readonly queryPath: string;
  readonly authorization: string | null;
  /** 3 answers one statement a request. */
  readonly manyStatements: boolean;
  /** 3 has no DELETE: its retention is set with the database. */
  readonly deletes: boolean;
};

export function dialectOf({ version, token, org, bucket }: Access): Dialect {
  const b = encodeURIComponent(bucket);
  const o = encodeURIComponent(org ?? '');
  const common = { version, bucket, org: org ?? '', queryPath: `/query?db=${b}` };
  switch (version) {
    case '1':
      return {
        ...common,
        writePath: `/write?db=${b}&precision=ms`,
        // 1.6 knows no `Token user:password` yet; every 1.x knows this.
        authorization: token === null ? null : `Basic ${Buffer.from(token, 'utf8').toString('base64')}`,
        manyStatements: true,
        deletes: true,
      };
    case '2':
      return {
        ...common,
        writePath: `/api/v2/write?org=${o}&bucket=${b}&precision=ms`,
        authorization: token === null ? null : `Token ${token}`,
        manyStatements: true,
        deletes: true,
      };
    case '3':
      return {
        ...common,
        writePath: `/api/v2/write?bucket=${b}&precision=ms`,
        authorization: token === null ? null : `Bearer ${token}`,
        manyStatements: false,
        deletes: false,
      };
  }
}
