declare const ROOT: string;
