// Files that one chooses from a menu, and their bytes.

/** Of the pictures that the server takes. */
export const PICTURES: readonly string[] = ['image/png', 'image/jpeg', 'image/webp'];

/** Lets one choose a file of these types. */
export function chooseFile(onFile: (file: File) => void, types: readonly string[] = []): void {
  const input = Object.assign(document.createElement('input'), { type: 'file', accept: types.join(',') });
  input.onchange = () => {
    const file = input.files?.[0];
    if (file) onFile(file);
  };
  input.click();
}

/** The bytes of a file in base64. */
export const base64 = (file: File): Promise<string> =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ''));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
