/** A member that any object can have, and nobody sees. */
export interface Hidden<Value> {
  get(object: object): Value | undefined;
  set(object: object, value: Value): void;
}

/** Its constructor gives back the object that it is given, which a class that extends it puts its own private members on. */
class Itself {
  constructor(object: object) {
    return object;
  }
}

/**
 * Makes such a member. It is a private one, as a WeakMap, which does the same, costs the collector from 0.7 to 4 µs for each
 * object on Node 26; and a WeakMap for what takes none.
 */
export function hidden<Value>(): Hidden<Value> {
  const others = new WeakMap<object, Value>();
  return class Holder extends Itself {
    #value: Value;

    constructor(object: object, value: Value) {
      super(object);
      this.#value = value;
    }

    static get(object: object): Value | undefined {
      return #value in object ? object.#value : others.get(object);
    }

    static set(object: object, value: Value): void {
      if (#value in object) object.#value = value;
      else if (!Holder.#add(object, value)) others.set(object, value);
    }

    /** Nothing frozen, as engines are about to refuse that; some refuse a window, and a revoked proxy cannot be asked. */
    static #add(object: object, value: Value): boolean {
      try {
        return Object.isExtensible(object) && Boolean(new Holder(object, value));
      } catch {
        return false;
      }
    }
  };
}
