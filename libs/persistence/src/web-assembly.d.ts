// Node has WebAssembly; its type declarations leave it to the DOM's, which a server does not want.
declare namespace WebAssembly {
  function instantiate<Exports extends object>(
    wasm: Uint8Array,
    imports: Record<string, object>,
  ): Promise<{ readonly instance: { readonly exports: Exports } }>;
}
