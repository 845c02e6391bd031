/** Everything in the IR is JSON-safe. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };
export type Scalar = string | number | boolean;
export type StringMap = { readonly [key: string]: string };
