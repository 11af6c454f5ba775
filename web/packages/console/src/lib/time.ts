/** Times in named zones. Instants are RFC 3339; a wall time is what a clock on the wall shows, `2026-05-13T20:00`. */

const MINUTE_MS = 60_000;

/** The zones in which a plan shows its start beside the firm's own: where the fair's buyers sit. */
export const BUYER_ZONES = ['Europe/Madrid', 'Asia/Tokyo', 'America/Chicago'] as const;

export function viewerZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** A short clock time in a zone. */
export function clockTime(instant: string | number, locale: string, timeZone: string): string {
  return new Intl.DateTimeFormat(locale, { timeZone, hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }).format(new Date(instant));
}

/** `Asia/Shanghai` as its city and its distance from UTC on that day. */
export function zoneLabel(zone: string, at: string, locale: string): string {
  const parts = new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName: 'longOffset' }).formatToParts(new Date(at));
  const offset = parts.find((part) => part.type === 'timeZoneName')?.value ?? '';
  return `${zone.split('/').pop()?.replaceAll('_', ' ') ?? zone} (${offset})`;
}

function offsetMs(at: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric',
    hour: 'numeric', minute: 'numeric', second: 'numeric',
  }).formatToParts(new Date(at));
  const part = (type: string) => Number(parts.find((p) => p.type === type)?.value);
  const wall = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return wall - Math.floor(at / 1000) * 1000;
}

/** The wall time of an instant in a zone. */
export function wallOf(instant: string, zone: string): string {
  const at = Date.parse(instant);
  return new Date(at + offsetMs(at, zone)).toISOString().slice(0, 16);
}

/**
 * The instant at which the zone's clocks show `wall`. A time that a clock change skips means the one after
 * the gap; a time that comes twice means its first.
 */
export function instantOf(wall: string, zone: string): string {
  const naive = Date.parse(`${wall}Z`);
  const before = offsetMs(naive - 24 * 60 * MINUTE_MS, zone);
  const after = offsetMs(naive + 24 * 60 * MINUTE_MS, zone);
  const fits = [before, after].map((offset) => naive - offset).filter((at) => at + offsetMs(at, zone) === naive);
  return new Date(fits.length > 0 ? Math.min(...fits) : naive - before).toISOString();
}

/** Seconds as `4:05` or `1:04:05`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (n: number) => String(n).padStart(2, '0');
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** Every zone the browser knows, the present one among them. */
export function zones(present: string): string[] {
  return [...new Set([present, ...Intl.supportedValuesOf('timeZone')])].sort();
}

/** The countries a firm can be set up in: those the fair serves first. */
export const COUNTRIES = ['CN', 'HK', 'TW', 'JP', 'KR', 'VN', 'TH', 'IN', 'ES', 'DE', 'FR', 'IT', 'GB', 'US', 'MX', 'BR', 'AE'] as const;

/** Where most of a market's buyers sit: one zone for each country. */
export const MARKET_ZONES: Record<string, string> = {
  CN: 'Asia/Shanghai', HK: 'Asia/Hong_Kong', TW: 'Asia/Taipei', JP: 'Asia/Tokyo', KR: 'Asia/Seoul', VN: 'Asia/Ho_Chi_Minh',
  TH: 'Asia/Bangkok', IN: 'Asia/Kolkata', ES: 'Europe/Madrid', DE: 'Europe/Berlin', FR: 'Europe/Paris', IT: 'Europe/Rome',
  GB: 'Europe/London', US: 'America/New_York', MX: 'America/Mexico_City', BR: 'America/Sao_Paulo', AE: 'Asia/Dubai',
};
