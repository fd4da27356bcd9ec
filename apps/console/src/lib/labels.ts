/** `orderId` to `Order id`, `shelf_no` to `Shelf no`: for people who never see the code. */
export function plainLabel(name: string): string {
  const words = name
    .replaceAll(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .replaceAll(/[._\-\s]+/g, ' ')
    .trim()
    .toLowerCase();
  return words === '' ? name : words[0]?.toUpperCase() + words.slice(1);
}
