import { AT, type MapDrawing } from './draw-map.ts';
import { heatLayer } from './layers/heat-layer.ts';
import { pinLayer } from './layers/pin-layer.ts';
import { ringLayer } from './layers/ring-layer.ts';
import { riskLayer } from './layers/risk-layer.ts';
import { type Measured, rulerLayer } from './layers/ruler-layer.ts';
import { CIRCLE, type Over } from './over.ts';

export type Laying = { show(over: Over, measured: Measured): void };

/** The layers over points and mains. One more is a line here, one in `Over`, and its file in `layers/`. */
export function layOver(drawing: MapDrawing): Laying {
  const alarms = drawing.lay(heatLayer('255, 120, 60', 46), AT.heat);
  const rain = drawing.lay(heatLayer('70, 130, 200', 90), AT.heat);
  const risks = drawing.lay(riskLayer, AT.risks);
  const rings = drawing.lay(ringLayer, AT.rings);
  const pins = drawing.lay(pinLayer, AT.pins);
  const ruler = drawing.lay(rulerLayer, AT.ruler);
  return {
    show(over, measured) {
      alarms.show(over.alarmHeat);
      rain.show(over.rainHeat);
      risks.show(over.risks);
      rings.show([...over.rings, ...(over.circle === null ? [] : [{ ...over.circle, radii: [CIRCLE] }])]);
      pins.show(over.pins);
      ruler.show(measured);
    },
  };
}
