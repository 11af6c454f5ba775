// Plays a live or recorded HLS stream: hls.js first (fetched only now), the browser's own player second.
import type Hls from 'hls.js';
import { Pace } from './pace.ts';

export interface PlayerEvents {
  onstate: (state: 'loading' | 'playing' | 'stalled' | 'failed') => void;
  /** Programme time of the picture now shown, in milliseconds, when the stream carries it. */
  ontime: (programme_ms: number | null) => void;
}
export interface Playing { stop: () => void; toLive: () => void }

const RETRY_MS = 2000;

export async function play(video: HTMLVideoElement, src: string, live: boolean, events: PlayerEvents): Promise<Playing> {
  const HlsPlayer = await engine(video);
  const ended = new AbortController();
  const on = (name: string, run: () => void) => video.addEventListener(name, run, { signal: ended.signal });
  on('playing', () => events.onstate('playing'));
  on('waiting', () => events.onstate('stalled'));
  const start = () => void video.play().catch(() => undefined);

  const made = HlsPlayer?.isSupported() ? withHls(HlsPlayer, video, src, live, events, start) : natively(video, src, events, start);
  const timer = setInterval(() => events.ontime(made.time()), 1000);
  return {
    toLive: made.toLive,
    stop() {
      clearInterval(timer);
      ended.abort();
      made.stop();
    },
  };
}

/** The code that plays; nothing where it does not load and the browser plays HLS by itself. */
async function engine(video: HTMLVideoElement): Promise<typeof Hls | null> {
  try {
    return (await import('hls.js/light')).default;
  } catch (failure) {
    if (video.canPlayType('application/vnd.apple.mpegurl')) return null;
    throw failure;
  }
}

interface Engine { stop: () => void; toLive: () => void; time: () => number | null }

function withHls(HlsPlayer: typeof Hls, video: HTMLVideoElement, src: string, live: boolean, events: PlayerEvents, start: () => void): Engine {
  const hls = new HlsPlayer({
    lowLatencyMode: live, enableWorker: false, maxLiveSyncPlaybackRate: 1.1, liveSyncOnStallIncrease: 0,
    // What hls.js throws away while a part travels makes it forget the parts of that segment, and it stands at the
    // segment's end for good. Live, the browser throws away what is old when its memory for video is full.
    backBufferLength: live ? Infinity : 30,
  });
  const pace = new Pace();
  let retry: ReturnType<typeof setTimeout> | undefined;
  let mended = 0;
  let stopped = false;
  const onpause = () => (stopped ||= !document.hidden); // a hidden page is paused by the browser, not by the viewer
  video.addEventListener('pause', onpause);
  hls.on(HlsPlayer.Events.MANIFEST_PARSED, start);
  hls.on(HlsPlayer.Events.FRAG_BUFFERED, () => (mended = 0));
  hls.on(HlsPlayer.Events.ERROR, (_, data) => {
    if (data.details === HlsPlayer.ErrorDetails.BUFFER_STALLED_ERROR) pace.stalled(performance.now());
    if (!data.fatal) return;
    if (data.type === HlsPlayer.ErrorTypes.MEDIA_ERROR && mended++ < 2) return hls.recoverMediaError();
    // Not there yet, or gone for a while: a live stream is asked for until it comes.
    events.onstate('failed');
    clearTimeout(retry);
    retry = setTimeout(() => hls.loadSource(src), RETRY_MS);
  });
  hls.loadSource(src);
  hls.attachMedia(video);

  function toLive(): void {
    stopped = false;
    if (hls.liveSyncPosition) video.currentTime = hls.liveSyncPosition;
    start();
  }
  function keepUp(): void {
    const details = hls.latestLevelDetails;
    if (!details?.partHoldBack) return; // without parts hls.js keeps its own, longer distance
    const now = performance.now();
    const goal = pace.goal(details.partHoldBack, now);
    if (hls.targetLatency !== goal) hls.targetLatency = goal;
    if (pace.mustJump(hls.latency, goal, now)) toLive();
  }
  return {
    time() {
      if (live && !stopped && !video.paused) keepUp();
      return hls.playingDate?.getTime() ?? null;
    },
    toLive,
    stop() {
      clearTimeout(retry);
      video.removeEventListener('pause', onpause);
      hls.destroy();
    },
  };
}

function natively(video: HTMLVideoElement, src: string, events: PlayerEvents, start: () => void): Engine {
  let retry: ReturnType<typeof setTimeout> | undefined;
  const failed = () => {
    events.onstate('failed');
    clearTimeout(retry);
    retry = setTimeout(() => video.load(), RETRY_MS);
  };
  video.addEventListener('error', failed);
  video.addEventListener('loadedmetadata', start);
  video.src = src;
  const startDate = () => (video as HTMLVideoElement & { getStartDate?: () => Date }).getStartDate?.().getTime() ?? NaN;
  return {
    time: () => (Number.isNaN(startDate()) ? null : startDate() + video.currentTime * 1000),
    toLive() {
      const { seekable } = video;
      if (seekable.length) video.currentTime = seekable.end(seekable.length - 1);
      start();
    },
    stop() {
      clearTimeout(retry);
      video.removeEventListener('error', failed);
      video.removeEventListener('loadedmetadata', start);
      video.removeAttribute('src');
      video.load();
    },
  };
}
