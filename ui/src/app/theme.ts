import { createTheme, type MantineColorsTuple } from "@mantine/core";

/** The one accent: the blue of river ice, calm beside five state colours. */
const bridge: MantineColorsTuple = [
  "#eaf4fb",
  "#d5e6f2",
  "#a8cbe4",
  "#78afd7",
  "#5198cc",
  "#3889c5",
  "#2981c3",
  "#1a6fae",
  "#0d629c",
  "#00558a",
];

export const theme = createTheme({
  primaryColor: "bridge",
  primaryShade: { light: 8, dark: 7 },
  colors: { bridge },
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'DejaVu Sans Mono', monospace",
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "15px", xl: "18px" },
  headings: { fontWeight: "600", sizes: { h1: { fontSize: "18px" }, h2: { fontSize: "15px" }, h3: { fontSize: "14px" }, h4: { fontSize: "13px" } } },
  defaultRadius: "sm",
  cursorType: "pointer",
  components: {
    Button: { defaultProps: { size: "xs" } },
    TextInput: { defaultProps: { size: "sm" } },
    Tooltip: { defaultProps: { openDelay: 300, multiline: true, maw: 360 } },
  },
});
