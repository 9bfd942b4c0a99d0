/** The dashboard's entry. */
import { render } from "preact";

const root = document.getElementById("app");
if (root !== null) render(<h1>Edge OMS</h1>, root);
