import { BarChart, type BarChartProps } from "@mantine/charts";
import "@mantine/charts/styles.css";

/** Bars by day. By itself, for the chart library is as large as all the rest. */
export default function Bars(props: Omit<BarChartProps, "dataKey">) {
  return <BarChart {...props} dataKey="day" />;
}
