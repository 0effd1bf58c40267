/** The least code that gives oidc-provider a store which all processes share: one unlogged table, prepared statements. */

import pg from 'pg';

const FIND = 'select payload from bench_payloads where key = $1 and expires_at > now()';
const KEEP = `insert into bench_payloads (key, payload, expires_at) values ($1, $2, now() + make_interval(secs => $3))
  on conflict (key) do update set payload = excluded.payload, expires_at = excluded.expires_at`;

/** An adapter factory over the PostgreSQL that `settings` (of the driver `pg`) name. */
export function postgresqlAdapter(settings) {
  const pool = new pg.Pool({ max: 8, ...settings });
  return (model) => ({
    async find(id) {
      const { rows } = await pool.query({ name: 'find', text: FIND, values: [`${model}:${id}`] });
      return rows[0]?.payload;
    },
    async upsert(id, payload, expiresIn) {
      await pool.query({ name: 'keep', text: KEEP, values: [`${model}:${id}`, payload, expiresIn] });
    },
  });
}
