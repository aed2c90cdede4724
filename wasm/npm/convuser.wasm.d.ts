/** What a bundler makes of the file: its URL. */
declare const url: string;
export default url;
