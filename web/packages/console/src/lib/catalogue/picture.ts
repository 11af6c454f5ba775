/** The small size of a picture, 320 px wide, from the address of the large one. */
export const small = (address: string): string => address.replace(/\/800\.jpg$/, '/320.jpg');
