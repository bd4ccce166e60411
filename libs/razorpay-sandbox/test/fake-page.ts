import vm from 'node:vm';

/**
 * Just enough of a browser to run the sandbox's two scripts: elements with text, children and listeners. Layout and
 * markup are not its business.
 */
export class FakeElement {
  readonly children: FakeElement[] = [];
  readonly style: Record<string, unknown> = { setProperty: () => undefined };
  readonly classList = { add: () => undefined };
  readonly dataset: Record<string, string> = {};
  readonly contentWindow = {};
  textContent = '';
  hidden = false;
  disabled = false;
  name = '';
  value = '';
  method = '';
  action = '';
  src = '';
  href = '';
  className = '';
  submitted = false;
  private readonly listeners = new Map<string, (event: object) => void>();

  constructor(readonly tag: string) {}

  addEventListener(type: string, listener: (event: object) => void): void {
    this.listeners.set(type, listener);
  }

  removeEventListener(type: string): void {
    this.listeners.delete(type);
  }

  dispatch(type: string, event: object): void {
    this.listeners.get(type)?.(event);
  }

  appendChild(child: FakeElement): void {
    this.children.push(child);
  }

  append(...children: FakeElement[]): void {
    this.children.push(...children);
  }

  replaceChildren(...children: FakeElement[]): void {
    this.children.splice(0, this.children.length, ...children);
  }

  querySelectorAll(): FakeElement[] {
    return this.children;
  }

  remove(): void {
    this.hidden = true;
  }

  submit(): void {
    this.submitted = true;
  }

  requestSubmit(): void {
    this.submitted = true;
  }

  /** All text below and including this element. */
  text(): string {
    return [this.textContent, ...this.children.map((child) => child.text())].join(' ').trim();
  }

  all(tag: string): FakeElement[] {
    return this.children.flatMap((child) => [...(child.tag === tag ? [child] : []), ...child.all(tag)]);
  }
}

export interface FakePage {
  readonly elements: Readonly<Record<string, FakeElement>>;
  readonly body: FakeElement;
  readonly window: FakeElement & { parent: unknown; Razorpay: unknown };
  run(script: string): void;
}

export interface FakePageOptions {
  readonly url: string;
  readonly scriptUrl?: string;
  readonly ids?: Readonly<Record<string, string>>;
  readonly globals?: Readonly<Record<string, unknown>>;
}

/** A page at `url` that has an empty element for each of `ids`, with the given text. */
export function fakePage({ url, scriptUrl, ids = {}, globals = {} }: FakePageOptions): FakePage {
  const elements = Object.fromEntries(
    Object.entries(ids).map(([id, text]) => [id, Object.assign(new FakeElement(id), { textContent: text })]),
  );
  const body = new FakeElement('body');
  const globalNames: { parent: unknown; Razorpay: unknown } = { parent: null, Razorpay: undefined };
  const window = Object.assign(new FakeElement('window'), globalNames);
  const document = {
    body,
    documentElement: new FakeElement('html'),
    currentScript: { src: scriptUrl ?? url },
    createElement: (tag: string) => new FakeElement(tag),
    getElementById: (id: string) => elements[id] ?? null,
  };
  const location = new URL(url);
  const sandbox = vm.createContext({ window, document, location, URL, URLSearchParams, setTimeout, ...globals });
  return { elements, body, window, run: (script) => void vm.runInContext(script, sandbox) };
}
