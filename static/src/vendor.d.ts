declare module "@tabler/core/js/src/bootstrap/dropdown";
declare module "@tabler/core/js/src/bootstrap/collapse";
declare const ROOT: string;
