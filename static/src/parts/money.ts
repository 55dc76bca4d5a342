// Amounts on the wire are exact decimal numbers. They are read as text, never as floats.

const MICROS = 6;

/** Turns the numbers of a money field in JSON text into strings, so that JSON.parse keeps every digit. */
export function quoteMoney(json: string, fields: readonly string[] = ["current_value", "win_amount"]): string {
  const pattern = new RegExp(`("(?:${fields.join("|")})"\\s*:\\s*)(-?[0-9][0-9.eE+-]*)`, "g");
  return json.replace(pattern, '$1"$2"');
}

/** "12.345" -> 12345000n. Throws for what is not a plain decimal with at most six places. */
export function microsFromText(text: string): bigint {
  const match = /^(-?)(\d+)(?:\.(\d{1,6})0*)?$/.exec(text);
  if (!match) throw new RangeError(`not an exact amount: ${text}`);
  const digits = BigInt(match[2] + (match[3] ?? "").padEnd(MICROS, "0"));
  return match[1] ? -digits : digits;
}

/** 1234567890n with 2 decimals -> "1,234.56": floored to the smallest coin, thousands separated. */
export function formatMicros(micros: bigint, decimals: number): string {
  const unit = 10n ** BigInt(MICROS - decimals);
  let coins = micros / unit;
  if (micros < 0n && micros % unit !== 0n) coins -= 1n;
  const negative = coins < 0n;
  const digits = (negative ? -coins : coins).toString().padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals).replace(/\B(?=(\d{3})+$)/g, ",");
  const text = decimals > 0 ? `${whole}.${digits.slice(-decimals)}` : whole;
  return negative ? `-${text}` : text;
}

/** The value between two amounts at `progress` 0…1, in whole micros. */
export function between(from: bigint, to: bigint, progress: number): bigint {
  if (progress >= 1) return to;
  const parts = 10_000n;
  const eased = BigInt(Math.round((1 - (1 - Math.max(progress, 0)) ** 3) * 10_000));
  return from + ((to - from) * eased) / parts;
}
