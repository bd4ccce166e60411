/** ISO 3166-2:IN letters, GST state number, names in use. The first name is today's. */
const STATES: readonly (readonly [letters: string, gstNumber: string, ...names: string[]])[] = [
  ['AN', '35', 'Andaman and Nicobar Islands', 'Andaman and Nicobar'],
  ['AP', '37', 'Andhra Pradesh'],
  ['AR', '12', 'Arunachal Pradesh'],
  ['AS', '18', 'Assam'],
  ['BR', '10', 'Bihar'],
  ['CH', '04', 'Chandigarh'],
  ['CG', '22', 'Chhattisgarh', 'CT', 'Chattisgarh'],
  ['DH', '26', 'Dadra and Nagar Haveli and Daman and Diu', 'DN', 'DD', 'Daman and Diu', 'Dadra and Nagar Haveli'],
  ['DL', '07', 'Delhi', 'New Delhi', 'NCT of Delhi'],
  ['GA', '30', 'Goa'],
  ['GJ', '24', 'Gujarat'],
  ['HR', '06', 'Haryana'],
  ['HP', '02', 'Himachal Pradesh'],
  ['JK', '01', 'Jammu and Kashmir'],
  ['JH', '20', 'Jharkhand'],
  ['KA', '29', 'Karnataka'],
  ['KL', '32', 'Kerala'],
  ['LA', '38', 'Ladakh'],
  ['LD', '31', 'Lakshadweep'],
  ['MP', '23', 'Madhya Pradesh'],
  ['MH', '27', 'Maharashtra'],
  ['MN', '14', 'Manipur'],
  ['ML', '17', 'Meghalaya'],
  ['MZ', '15', 'Mizoram'],
  ['NL', '13', 'Nagaland'],
  ['OD', '21', 'Odisha', 'OR', 'Orissa'],
  ['PY', '34', 'Puducherry', 'Pondicherry'],
  ['PB', '03', 'Punjab'],
  ['RJ', '08', 'Rajasthan'],
  ['SK', '11', 'Sikkim'],
  ['TN', '33', 'Tamil Nadu', 'Tamilnadu'],
  ['TS', '36', 'Telangana', 'TG'],
  ['TR', '16', 'Tripura'],
  ['UP', '09', 'Uttar Pradesh'],
  ['UK', '05', 'Uttarakhand', 'UT', 'Uttaranchal'],
  ['WB', '19', 'West Bengal'],
];

const spelled = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll('&', 'and')
    .replaceAll(/[^a-z0-9]/g, '');

const LETTERS_OF = new Map(
  STATES.flatMap(([letters, ...spellings]) => [letters, ...spellings].map((one) => [spelled(one), letters])),
);

const stateOf = (text: string): string => LETTERS_OF.get(spelled(text)) ?? spelled(text);

/**
 * Whether goods cross a state border, which makes the tax IGST. The place of supply is the delivery state; where it or
 * the business's own state is unknown, the sale counts as inside the state.
 */
export function isInterState(destinationState: string | null, businessState: string | null): boolean {
  if (destinationState === null || businessState === null) return false;
  return stateOf(destinationState) !== stateOf(businessState);
}
