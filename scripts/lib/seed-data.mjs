// The people and things of a new platform: a small shop that one can believe.
export const PASSWORD = 'password123';

export const PEOPLE = [
  { role: 'ADMIN', email: 'admin@example.com', firstName: 'Asha', lastName: 'Menon', phone: '+919800000001' },
  { role: 'RESELLER', email: 'priya@example.com', firstName: 'Priya', lastName: 'Sharma', phone: '+919800000002' },
  { role: 'RESELLER', email: 'imran@example.com', firstName: 'Imran', lastName: 'Khan', phone: '+919800000003' },
  { role: 'CUSTOMER', email: 'rahul@example.com', firstName: 'Rahul', lastName: 'Verma', phone: '+919800000004' },
  { role: 'CUSTOMER', email: 'meera@example.com', firstName: 'Meera', lastName: 'Iyer', phone: '+919800000005' },
];

export const CATEGORIES = [
  { slug: 'clothing', name: 'Clothing', description: 'Sarees, kurtas and shawls' },
  { slug: 'sarees', name: 'Sarees', description: 'Silk and cotton, handwoven', parent: 'clothing' },
  { slug: 'kurtas', name: 'Kurtas', description: 'For every day and for feasts', parent: 'clothing' },
  { slug: 'home', name: 'Home', description: 'Things that make a house a home' },
  { slug: 'jewellery', name: 'Jewellery', description: 'Oxidised silver and enamel' },
];

const picture = (id) => `https://images.example.com/catalogue/${id}.jpg`;
const sizes = (price, stock, names) =>
  names.map((value) => ({ price, stock, optionValues: [{ optionName: 'Size', value }] }));

export const PRODUCTS = [
  {
    category: 'sarees',
    name: 'Banarasi Silk Saree',
    description: 'Handwoven silk with a zari border; blouse piece included.',
    basePrice: 1000,
    hsn: '5007',
    variants: ['Maroon', 'Peacock Blue', 'Mustard'].map((value) => ({
      price: 1000,
      mrp: 2499,
      stock: 40,
      optionValues: [{ optionName: 'Colour', value }],
    })),
  },
  {
    category: 'sarees',
    name: 'Chanderi Cotton Saree',
    description: 'Light as air, for the warm months.',
    basePrice: 850,
    hsn: '5208',
    stock: 60,
  },
  {
    category: 'kurtas',
    name: 'Block Print Kurta',
    description: 'Cotton, printed by hand in Jaipur.',
    basePrice: 599,
    hsn: '6204',
    variants: sizes(599, 50, ['S', 'M', 'L', 'XL']),
  },
  {
    category: 'kurtas',
    name: 'Linen Kurta for Men',
    description: 'Mandarin collar, full sleeves.',
    basePrice: 799,
    hsn: '6203',
    variants: sizes(799, 30, ['M', 'L', 'XL']),
  },
  {
    category: 'clothing',
    name: 'Pashmina Shawl',
    description: 'Soft wool from Kashmir.',
    basePrice: 2200,
    hsn: '6214',
    stock: 15,
  },
  {
    category: 'home',
    name: 'Brass Diya Set',
    description: 'Four oil lamps, polished.',
    basePrice: 349,
    hsn: '7418',
    stock: 120,
  },
  {
    category: 'home',
    name: 'Dohar Blanket',
    description: 'Three layers of muslin, double bed.',
    basePrice: 1299,
    hsn: '6304',
    stock: 35,
  },
  {
    category: 'home',
    name: 'Terracotta Planter',
    description: 'Hand-thrown, 20 cm, with a saucer.',
    basePrice: 275,
    hsn: '6912',
    stock: 80,
  },
  {
    category: 'jewellery',
    name: 'Oxidised Jhumka Earrings',
    description: 'Light earrings with ghungroo.',
    basePrice: 199,
    hsn: '7117',
    stock: 200,
  },
  {
    category: 'jewellery',
    name: 'Meenakari Bangle Pair',
    description: 'Enamel on brass, size 2.6.',
    basePrice: 450,
    hsn: '7117',
    stock: 6,
  },
].map((product) => {
  const slug = product.name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return { ...product, slug, images: [{ url: picture(slug), isPrimary: true }] };
});
