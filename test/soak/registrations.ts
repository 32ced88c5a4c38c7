/**
 * Replaces the global `FinalizationRegistry` by one that counts. Import this module before the library, which creates its registry
 * when it is loaded.
 */
export const registrations: { made: number; pending: number } = { made: 0, pending: 0 };

const Native = FinalizationRegistry;
globalThis.FinalizationRegistry = class<Held> extends Native<Held> {
  constructor(finalize: (held: Held) => void) {
    super((held) => {
      registrations.pending -= 1;
      finalize(held);
    });
  }

  override register(...args: Parameters<FinalizationRegistry<Held>['register']>): void {
    registrations.made += 1;
    registrations.pending += 1;
    super.register(...args);
  }

  override unregister(token: WeakKey): boolean {
    const isRegistered = super.unregister(token);
    if (isRegistered) registrations.pending -= 1;
    return isRegistered;
  }
};
