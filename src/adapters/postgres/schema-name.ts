/** Where all tables of ours are, whichever adapter they belong to. */
export const SCHEMA = 'lifeline';
