export function NewClient() {
  return null;
}
