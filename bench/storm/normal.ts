/** Numbers that are normally distributed, by the method of Box and Muller, of which one of each pair is used. */
export const normalOf = (random: () => number, mean: number, deviation: number): number =>
  mean + deviation * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
