/** A configuration that cannot be started with. The message is one line that says what would be right. */
export class BadConfig extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BadConfig';
  }
}
