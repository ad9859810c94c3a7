// Plotly's words and dates in Simplified Chinese.
window.Plotly.register({
  moduleType: "locale",
  name: "zh-CN",
  dictionary: {
    "Autoscale": "自动缩放", "Click to enter Plot title": "输入标题", "Download plot": "下载图表", "Pan": "平移",
    "Reset": "重置", "Reset axes": "重置坐标轴", "Zoom": "缩放", "Zoom in": "放大", "Zoom out": "缩小",
    "Double-click on legend to isolate one trace": "双击图例只看一条", "Compare data on hover": "悬停时比较",
  },
  format: {
    days: ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"],
    shortDays: ["周日", "周一", "周二", "周三", "周四", "周五", "周六"],
    months: ["一月", "二月", "三月", "四月", "五月", "六月", "七月", "八月", "九月", "十月", "十一月", "十二月"],
    shortMonths: ["1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月", "12月"],
    date: "%Y-%m-%d", decimal: ".", thousands: ",",
  },
});
