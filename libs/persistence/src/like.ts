/** Text in a LIKE pattern, or in what Prisma makes one of, as it is: `%` and `_` are letters to people who search. */
export const likeLiteral = (text: string): string => text.replace(/[\\%_]/g, String.raw`\$&`);

/** The LIKE pattern of whatever has this text in it. */
export const containsPattern = (text: string): string => `%${likeLiteral(text)}%`;
