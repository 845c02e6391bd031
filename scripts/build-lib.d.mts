export declare function buildLib(): Promise<void>;
export declare function bundleLib(folder: string): Promise<void>;
