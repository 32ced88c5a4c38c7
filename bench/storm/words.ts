/** A whole number with a space between thousands. */
export const whole = (value: number): string => Math.round(value).toLocaleString('en').replaceAll(',', ' ');

export const retriesIn = (retries: number): string => (retries === 1 ? '1 retry' : `${retries} retries`);
