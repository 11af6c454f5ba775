declare module 'hls.js/light' {
  export { default } from 'hls.js';
}
declare module '*.ftl?raw' {
  const text: string;
  export default text;
}
