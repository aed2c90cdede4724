/** The URL that a bundler gives the file. */
declare const url: string;
export default url;
