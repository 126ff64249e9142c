// <div data-chart='{...}'>: an ECharts option made on the server, drawn as SVG.
import { BarChart, LineChart, PieChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

echarts.use([BarChart, LineChart, PieChart, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

export function draw(element) {
  const chart = echarts.init(element, null, { renderer: 'svg' });
  const option = JSON.parse(element.dataset.chart);
  // pictures with texts made from HTML need inline styles, which the policy of the pages forbids
  option.tooltip = { ...option.tooltip, renderMode: 'richText' };
  chart.setOption({ color: ['#1f3a6e', '#8aa3cf', '#1c6b34', '#7a4b00', '#b3261e'], textStyle: { fontFamily: 'inherit' }, ...option });
  new ResizeObserver(() => chart.resize()).observe(element);
}
