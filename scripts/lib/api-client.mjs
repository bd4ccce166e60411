// A small client of the platform's HTTP API, for scripts.

/** An answer that was not what the caller needed; the message is the problem's own words. */
export class ApiProblem extends Error {
  constructor(method, path, status, problem) {
    super(`${method} ${path} answered ${status}: ${problem?.detail ?? problem?.message ?? 'no explanation'}`);
    this.status = status;
    this.problem = problem;
  }
}

export function apiClient(baseUrl, headers = {}) {
  const call = async (method, path, body, more = {}) => {
    const response = await fetch(`${baseUrl}${path}`, {
      method,
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
        ...more,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    const answer = isJson && text !== '' ? JSON.parse(text) : text;
    if (!response.ok) throw new ApiProblem(method, path, response.status, isJson ? answer : undefined);
    return answer;
  };
  return {
    get: (path, more) => call('GET', path, undefined, more),
    post: (path, body, more) => call('POST', path, body ?? {}, more),
    patch: (path, body, more) => call('PATCH', path, body, more),
    delete: (path, more) => call('DELETE', path, undefined, more),
    /** The same platform, with an access token. */
    as: (accessToken) => apiClient(baseUrl, { ...headers, authorization: `Bearer ${accessToken}` }),
  };
}

/** Signs in, or registers who is not known yet. @returns {Promise<{ user: object, api: object }>} */
export async function signInOrRegister(api, { email, password, firstName, lastName, phone, role }) {
  const session = await api.post('/auth/login', { email, password }).catch((error) => {
    if (error.status !== 401) throw error;
    return api.post('/auth/register', { email, password, firstName, lastName, phone, role });
  });
  return { user: session.user, api: api.as(session.accessToken) };
}
