import "@testing-library/jest-dom/vitest";
import { configure } from "@testing-library/react";

// a machine that is busy takes longer than the second that is given by default
configure({ asyncUtilTimeout: 5000 });
