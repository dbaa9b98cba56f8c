/** Files of Python are taken along as their text. */
declare module "*.py" {
  const text: string;
  export default text;
}
