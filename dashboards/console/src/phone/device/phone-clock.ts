/** The clock of this phone: what is done without a network has no other. Somebody may set it at any moment. */
export const phoneNow = (): number => Date.now();
